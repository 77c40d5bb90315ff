import type { LimitMoney, Session } from "../domain/limits.ts";
import { shown } from "../domain/money.ts";

/** An amount of a limit with two decimals: `1,200.00 USDT`. */
export function moneyText({ value, currency }: LimitMoney): string {
  return `${shown(value, 2)} ${currency}`;
}

/** A span in whole minutes, rounded up: `90m`, `2h`, `2h5m`. */
export function spanText(ms: number): string {
  const minutes = Math.max(1, Math.ceil(ms / 60_000));
  return minutes < 120 ? `${minutes}m` : `${Math.floor(minutes / 60)}h${minutes % 60 === 0 ? "" : `${minutes % 60}m`}`;
}

const DAY_MINUTES = 1_440;

function minuteOf(time: string): number {
  const [hour, minute] = time.split(":");
  return Number(hour) * 60 + Number(minute);
}

/** A minute of the day as a time: `09:30`. */
export function timeText(minuteOfDay: number): string {
  return `${String(Math.floor(minuteOfDay / 60)).padStart(2, "0")}:${String(minuteOfDay % 60).padStart(2, "0")}`;
}

/** Whether a minute of the day lies in a session; its end does not. */
export function inSession({ from, to }: Session, minuteOfDay: number): boolean {
  const [begin, end] = [minuteOf(from), minuteOf(to)];
  return begin < end ? minuteOfDay >= begin && minuteOfDay < end : minuteOfDay >= begin || minuteOfDay < end;
}

/** The minutes of the day that lie in a session. */
export function minutesOf(session: Session): number[] {
  return Array.from({ length: DAY_MINUTES }, (_, minute) => minute).filter((minute) => inSession(session, minute));
}
