import type { View } from "../../ports/view.ts";

function notice(tone: View["tone"], title: string, ...lines: string[]): View {
  return { title, tone, lines, fields: [], buttons: [] };
}

export const ANSWERED_IN_PRIVATE = notice("plain", "Answered in private");

export const PRIVATE_CHAT_CLOSED = notice(
  "warning",
  "The answer is for you only, and I cannot write to you in private",
  "Open a private chat with me, press Start, and ask again there.",
);

export const HINT = notice("plain", "I read commands", "Send /help to see all of them.");

export const WITHOUT_SLASH = notice("warning", "Nothing was done: commands begin with a slash here", "Press the button if you mean it.");

export const NOT_STORED = notice(
  "bad",
  "Nothing was done",
  "Your request could not be stored, so it was not carried out. Try again in a moment.",
);

export const ONE_AT_A_TIME = notice(
  "warning",
  "One at a time, please: earlier commands of this chat are still waiting, and this one was not taken",
);

export const PRESS_FAILED = notice("bad", "That button could not be looked up, so nothing was done. Try again in a moment.");

export const AS_YOURSELF = notice(
  "warning",
  "I take commands only from a person who shows their name",
  "Turn off anonymity or write as yourself instead of as the group or a channel.",
);

export const NOT_FORWARDED = notice("warning", "I do not take forwarded commands", "Type the command yourself.");

export const EXPOSED = notice(
  "warning",
  "That looked like an API key: delete that key at the exchange now and make a new one",
  "I took your message out of the chat where I may, and stored nothing of it; but this chat and Telegram's servers have seen it.",
  "Keys are entered only where I ask for them.",
);

export const FORM_GONE = notice(
  "warning",
  "That form is not open any more, so nothing of what you sent was read or stored",
  "It was filled in, it ran out after ten minutes, or it was forgotten at a restart. If no answer came to it, send the command again.",
);

export const NOT_ERASED = notice("bad", "I could not delete your message with the secret: delete it yourself, now");

/** For texts over a limit of so many characters. */
export function tooLong(max: number): View {
  return notice(
    "bad",
    `A message to me has at most ${max.toLocaleString("en")} characters and this one has more, so none of it was read. Send a shorter one.`,
  );
}
