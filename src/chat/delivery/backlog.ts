import type { Entry } from "./entry.ts";
import type { Intake } from "./intake.ts";

/** What waits to be delivered now: what quiet hours hold is for later. */
export interface Backlog {
  readonly waiting: number;
  /** How long the oldest of it has waited; 0 when there is none. */
  readonly oldestMs: number;
}

/** The backlog of every channel of one platform. */
export interface PlatformBacklog extends Backlog {
  readonly platform: string;
}

/** What a lane has taken and not delivered, as far as its quiet hours let it go. */
export function backlogOf(intake: Intake | undefined, isQuiet: boolean, nowMs: number): Backlog {
  if (intake === undefined) return { waiting: 0, oldestMs: 0 };
  const ordinary = isQuiet ? intake.ordinary.filter((entry) => intake.isEarly(entry)) : intake.ordinary;
  const due: readonly Entry[] = [...intake.critical, ...ordinary].filter(({ status }) => status !== "delivered");
  return { waiting: due.length, oldestMs: due.reduce((oldest, { wallMs }) => Math.max(oldest, nowMs - wallMs), 0) };
}

/** The sum of several channels, with the longest wait of them. */
export function together(platform: string, backlogs: readonly Backlog[]): PlatformBacklog {
  return {
    platform,
    waiting: backlogs.reduce((sum, { waiting }) => sum + waiting, 0),
    oldestMs: Math.max(0, ...backlogs.map(({ oldestMs }) => oldestMs)),
  };
}
