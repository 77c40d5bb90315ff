import { describe, expect, it } from "vitest";
import { plain } from "../../../src/domain/money.ts";
import { feesOf } from "../../../src/venues/spot/instruments.ts";
import { fillOf } from "../../../src/venues/spot/rows.ts";
import { ACCOUNT, FILL_ROWS } from "../../../src/venues/spot/shapes.ts";

const FILL = {
  ...{ symbol: "BTCUSDT", id: 1, orderId: 2, price: "50000", qty: "0.01", time: 3, isBuyer: true, isMaker: false },
  ...{ commission: "0.00000000", commissionAsset: "BTC" },
};
const BALANCES = { canTrade: true, balances: [{ asset: "BTC", free: "1", locked: "0" }] };

describe("one odd row of an answer", () => {
  it.each([null, "", undefined])("that cost nothing, in the coin %o, does not hide the other fills", (commissionAsset) => {
    const rows = FILL_ROWS.parse([FILL, { ...FILL, commissionAsset }]);
    const [, odd] = rows.map((row) => fillOf(row, "BTC/USDT"));
    expect([plain(odd!.fee), odd!.feeCurrency]).toEqual(["0", "USDT"]);
  });

  it("that cost something in no coin proves nothing", () => {
    expect(FILL_ROWS.safeParse([{ ...FILL, commission: "0.1", commissionAsset: "" }]).success).toBe(false);
  });

  it("that says that the account is paid for what it makes does not hide its balances", () => {
    const account = ACCOUNT.parse({ ...BALANCES, commissionRates: { maker: "-0.00005", taker: "0.001" } });
    expect(feesOf(account)).toEqual({ makerFeeBps: 0, takerFeeBps: 10 });
    expect(feesOf(ACCOUNT.parse({ ...BALANCES, makerCommission: -1, takerCommission: 10 }))).toEqual({ makerFeeBps: 0, takerFeeBps: 10 });
  });
});
