import { exact, NOTHING, textOf, times, toNumber } from "./exact.ts";
import { Broken, type Facts, type Law } from "./law.ts";
import type { Fact, LogRow } from "./log.ts";

/** From this confidence on a sell keeps a bot out, by the page that describes it. */
const SURE = 0.6;

/** 28: advice never enlarges or adds an entry, and never touches an exit. What is no sound advice leaves the entry as it is. */
export class AdviceLaw implements Law {
  readonly id = "28";
  readonly #facts: Facts;
  /** What each bot makes of advice, by the event that made it. */
  readonly #modes = new Map<string, string>();

  constructor(facts: Facts) {
    this.#facts = facts;
  }

  durable({ event }: LogRow): void {
    if (event.type === "bot-created") {
      const bot = event.part("bot");
      if (bot.has("advice")) this.#modes.set(bot.text("id"), bot.text("advice"));
    } else if (event.type === "wish-denied" && event.text("code") === "advice") this.#denied(event);
    else if (event.type === "intent") this.#intent(event.part("intent"));
  }

  #denied(event: Fact): void {
    const { coverage } = this.#facts;
    coverage.mark("antecedent 28: advice keeps a bot out");
    const bot = event.text("botId");
    if (this.#modes.get(bot) !== "veto") throw new Broken(this.id, `${bot} is kept out by advice that it does not take`);
    const { action, confidence } = said(event.part("advice"));
    if (action === "buy" || !(confidence > 0 && confidence <= 1))
      throw new Broken(this.id, `${bot} is kept out by a ${action} at ${confidence}`);
  }

  #intent(intent: Fact): void {
    const { coverage } = this.#facts;
    const bot = intent.text("botId");
    const mode = this.#modes.get(bot);
    if (!intent.has("advice")) {
      // What is entered by hand, and what closes a position, is nobody's to advise on.
      if (mode !== undefined && intent.text("purpose") === "entry" && intent.part("values").has("close"))
        throw new Broken(this.id, `an entry of ${bot} says nothing of the advice that it asks for`);
      return;
    }
    if (intent.text("purpose") !== "entry") throw new Broken(this.id, `advice was asked on an order to ${intent.text("purpose")}`);
    const use = intent.part("advice");
    const effect = use.text("effect");
    if (mode === undefined || use.text("mode") !== mode)
      throw new Broken(this.id, `${bot} takes advice as ${use.text("mode")}, and was made with ${mode}`);
    coverage.mark(`antecedent 28: advice on an entry (${effect})`);
    const [quantity, before] = [intent.money("quantity"), use.money("quantityBefore")];
    if (quantity > before) throw new Broken(this.id, `advice makes ${textOf(quantity)} of ${textOf(before)}`);
    if (effect === "vetoed") throw new Broken(this.id, `an entry of ${bot} that advice had kept out`);
    if (effect !== "cut") {
      if (quantity !== before) throw new Broken(this.id, `an entry of ${bot} lost something by advice that left it as it was`);
      if (effect === "kept" && mode === "veto" && leaves(said(use)) < 1) this.#barelyKept(use, toNumber(quantity));
      return;
    }
    const left = leaves(said(use));
    if (mode !== "veto" || left >= 1 || left <= 0)
      throw new Broken(this.id, `an entry of ${bot} is cut by advice that leaves ${left} of it`);
    if (quantity > times(before, exact(left.toFixed(4))) || quantity <= NOTHING)
      throw new Broken(this.id, `advice that leaves ${left} makes ${textOf(quantity)} of ${textOf(before)}`);
  }

  /** An entry stays whole against a doubt only where what the doubt takes is less than the four decimals that are reckoned with. */
  #barelyKept(use: Fact, quantity: number): void {
    const left = leaves(said(use));
    if (left < 0.9999) throw new Broken(this.id, `an entry of ${quantity} stays whole against advice that leaves ${left} of it`);
  }
}

interface Said {
  readonly action: string;
  readonly confidence: number;
}

function said(use: Fact): Said {
  const advice = use.part("advice");
  return { action: advice.text("action"), confidence: advice.number("confidence") };
}

/** What is left of an entry, reckoned by the page that describes it and by nothing of the product's. */
function leaves({ action, confidence }: Said): number {
  if (action === "hold") return 1 - confidence / 2;
  if (action === "sell") return confidence >= SURE ? 0 : 1 - confidence;
  return 1;
}
