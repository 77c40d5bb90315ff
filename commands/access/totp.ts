import { TERMINAL_USER } from "../../src/chat/access.ts";
import { refuseProgram } from "../../src/chat/api-tokens.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { card } from "../../src/chat/view.ts";
import { UserError } from "../../src/domain/errors.ts";

export default defineCommand({
  summary: "Sets up an authenticator app as your second factor, or replaces it",
  role: "viewer",
  partial: true,
  private: true,
  factor: true,
  args: {},
  danger({ user }) {
    // What a token cannot do takes no room among what waits for its person's second factor.
    refuseProgram(user.id, "access totp");
    return undefined;
  },
  async run({ identity, user, desk, record }) {
    refuseProgram(user.id, "access totp");
    if (user.id === TERMINAL_USER)
      throw new UserError("The terminal needs no second factor: being there is one. Send this in Discord or Telegram.");
    const { uri, seed, event } = await identity.factors.enrol(user.id);
    record(event, () => desk.state.factors.get(identity.person));
    return card("Add this to your authenticator app now; it is shown once")
      .good()
      .line(
        uri,
        `Or type the key by hand: \`${seed}\``,
        "Keep the app on another device than this chat. Whoever has both can raise risk in your name.",
        "An earlier one no longer works. Delete this message when you are done.",
      );
  },
});
