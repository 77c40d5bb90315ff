import { accountNameFor, accountTitle } from "../../src/chat/account-names.ts";
import { shownBreakers } from "../../src/chat/breaker-cards.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { pauseWords } from "../../src/chat/venue-reasons.ts";
import { card, right } from "../../src/chat/view.ts";

export default defineCommand({
  summary: "Shows the breakers: which are open since when and why, what each reads now, and what opens it",
  role: "viewer",
  readOnly: true,
  partial: true,
  args: {},
  run({ accounts, engine, visible, caller }) {
    const names = new Map(accounts.map(({ state }) => [state.account, accountNameFor(state, caller.user)]));
    const { open, closed, notes } = shownBreakers(engine.breakers.all(), names, visible);
    const paused = accounts.flatMap(({ state }) => {
      const { paused } = state.venue;
      return paused
        ? [`${accountTitle(state, caller.user)} is paused because ${pauseWords(paused.code).why} (\`risk reset account:...\`).`]
        : [];
    });
    const title = open.length === 0 ? "No breaker is open" : open.length === 1 ? "One breaker is open" : `${open.length} breakers are open`;
    const made = card(title)
      .line(...open, ...paused, ...notes)
      .table(["Breaker", "Of", right("Now"), "Opens at"], closed);
    made.line("`risk set breaker:... at:... reaction:... for:...` sets one, `risk reset breaker:...` closes one.");
    return open.length === 0 ? made : made.warning();
  },
});
