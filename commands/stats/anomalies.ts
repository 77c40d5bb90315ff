import { accountNameFor, capitalized } from "../../src/chat/account-names.ts";
import { anomalyNumbers, anomalyTitle, SERIES_NAMES } from "../../src/chat/anomaly-words.ts";
import { type Call, defineCommand } from "../../src/chat/command.ts";
import { card } from "../../src/chat/view.ts";
import type { SeenAnomaly } from "../../src/domain/anomaly.ts";
import { marked } from "../../src/domain/bot.ts";
import { minuteText } from "../../src/domain/time.ts";

const LISTED_MAX = 20;

export default defineCommand({
  summary: "Lists what was unusual lately, with the numbers behind it",
  role: "viewer",
  readOnly: true,
  partial: true,
  args: {},
  run(call) {
    const shown = call.desk.state.anomalies
      .toReversed()
      .flatMap((anomaly) => {
        const name = nameOf(anomaly, call);
        return name === undefined ? [] : [{ anomaly, name }];
      })
      .slice(0, LISTED_MAX);
    const [newest] = shown;
    if (newest === undefined)
      return card("Nothing unusual was seen lately").line(
        "Prices, volumes, fills, slippage, latencies, results and the rhythm of bots are compared with their own past.",
      );
    return card(shown.length === 1 ? "1 anomaly" : `${shown.length} anomalies`)
      .table(
        ["When (UTC)", "Kind", "What", "Told"],
        shown.map(({ anomaly, name }) => [
          minuteText(anomaly.marketMs),
          SERIES_NAMES[anomaly.series],
          anomalyTitle(anomaly, name),
          anomaly.isTold ? "yes" : "no, like the one before",
        ]),
      )
      .line(`The newest: ${anomalyTitle(newest.anomaly, newest.name)}. ${anomalyNumbers(newest.anomaly)}`)
      .line("Newest first. Nothing that trades reads them.");
  },
});

/** What an anomaly is of; undefined where that is nothing for the person who asks. */
function nameOf(
  { subject }: SeenAnomaly,
  { visible, accounts, caller }: Pick<Call<unknown>, "visible" | "accounts" | "caller">,
): string | undefined {
  switch (subject.kind) {
    case "symbol":
      return subject.symbol;
    case "bot": {
      const spec = visible.find(({ state }) => state.spec.id === subject.botId)?.state.spec;
      return spec && marked(spec.name, spec.mode);
    }
    case "account": {
      const account = accounts.find(({ state }) => state.account === subject.account)?.state;
      return account && capitalized(accountNameFor(account, caller.user));
    }
  }
}
