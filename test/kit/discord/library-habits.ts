/** discord.js adds these to edits and callbacks, where the API ignores them. */
export const HABITS_ANYWHERE = ["tts", "nonce", "enforce_nonce"];

/** discord.js names the type even of a thread that takes it from its message. */
export const THREAD_HABIT = { schema: "CreateTextThreadWithMessageRequest", key: "type" };

/** Keys that the published schemas do not know although the wire carries them, to no harm. */
export function isHabit(schema: string, key: string): boolean {
  return HABITS_ANYWHERE.includes(key) || (schema === THREAD_HABIT.schema && key === THREAD_HABIT.key);
}
