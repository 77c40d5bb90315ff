import { accountHeld } from "../../src/chat/account-cards.ts";
import { accountNameFor } from "../../src/chat/account-names.ts";
import { accountName } from "../../src/chat/args-venue.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { type Card, card } from "../../src/chat/view.ts";
import { UserError } from "../../src/domain/errors.ts";
import { exchangeName } from "../../src/domain/exchange-names.ts";
import type { DrillStep } from "../../src/ports/venue-facts.ts";

export default defineCommand({
  summary: "Runs the smallest order life in a DEMO account and says which assumptions it confirmed",
  role: "trader",
  args: { account: accountName.describe("Which demo account") },
  async run(call) {
    const { state, venue } = accountHeld(call, call.args.account);
    const name = accountNameFor(state, call.caller.user);
    if (venue.environment !== "demo")
      throw new UserError(
        `${name} is no demo account, and a drill places orders. Connect a demo account of ${exchangeName(venue.exchangeId)} for it.`,
      );
    const told: DrillStep[] = [];
    const steps = await call.engine.drillAccount(state.account, call.caller, (step) => {
      told.push(step);
      call.progress(card(`Drill in ${name}: ${told.length} looked at`).line(`${step.outcome}: ${step.assumption} (${step.detail}).`));
    });
    const confirmed = steps.filter(({ outcome }) => outcome === "confirmed").length;
    const refuted = steps.filter(({ outcome }) => outcome === "refuted").length;
    const answer = stepTable(`Drill in ${name}: ${confirmed} of ${steps.length} assumptions confirmed`, steps);
    if (refuted > 0)
      return answer
        .bad()
        .line(
          `${refuted === 1 ? "1 was" : `${refuted} were`} refuted: do not promote a bot to ${exchangeName(venue.exchangeId)} until this build was cured of it.`,
        );
    return confirmed === steps.length ? answer.good() : answer.warning().line("What was not tested is still only assumed.");
  },
});

function stepTable(title: string, steps: readonly DrillStep[]): Card {
  return card(title).table(
    ["Outcome", "We assume that", "Seen"],
    steps.map(({ assumption, outcome, detail }) => [outcome, assumption, detail]),
  );
}
