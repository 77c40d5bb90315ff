import type { Place } from "../ports/platform.ts";

/** Whether what was asked at a place may be answered here: there, or in the private chat of that platform, where private answers go. */
export function answersAt(asked: string, { platform, id, direct }: Place): boolean {
  return asked === id || (direct && asked.startsWith(`${platform}:`));
}
