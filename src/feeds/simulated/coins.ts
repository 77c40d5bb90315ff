/** One invented symbol: where its price lives, how it follows the whole market, and how much is traded. */
export interface Coin {
  readonly symbol: string;
  /** Price around which it moves, in quote. */
  readonly price: number;
  readonly priceDecimals: number;
  /** How strongly it follows the common factor, and its own movement, both in units of the factor's deviation. */
  readonly beta: number;
  readonly own: number;
  /** Usual volume of a minute, in base. */
  readonly volume: number;
  readonly volumeDecimals: number;
}

export const COINS: readonly Coin[] = [
  { symbol: "BTC/USDT", price: 94_000, priceDecimals: 2, beta: 1, own: 0.4, volume: 12, volumeDecimals: 5 },
  { symbol: "ETH/USDT", price: 3_350, priceDecimals: 2, beta: 1.2, own: 0.6, volume: 180, volumeDecimals: 4 },
  { symbol: "SOL/USDT", price: 190, priceDecimals: 2, beta: 1.4, own: 0.9, volume: 1_900, volumeDecimals: 3 },
  { symbol: "XRP/USDT", price: 2.3, priceDecimals: 4, beta: 1.1, own: 1, volume: 160_000, volumeDecimals: 1 },
  { symbol: "DOGE/USDT", price: 0.32, priceDecimals: 5, beta: 1.3, own: 1.1, volume: 650_000, volumeDecimals: 0 },
];
