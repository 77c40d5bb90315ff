import { type Decimal, decimal, max, min, ONE, ZERO } from "../../../../src/domain/money.ts";
import type { Contract, PositionRecord, Side } from "./types.ts";

/** A position after a trade in it, and what that trade realized. */
export interface Trade {
  readonly contracts: Decimal;
  readonly averagePrice: Decimal;
  readonly pnl: Decimal;
}

export function signed(side: Side, size: Decimal): Decimal {
  return side === "buy" ? size : size.negated();
}

/** Net mode: a trade adds to a position, reduces it, or turns it around. */
export function traded(held: Decimal, averagePrice: Decimal, side: Side, size: Decimal, price: Decimal, contractValue: Decimal): Trade {
  const delta = signed(side, size);
  const contracts = held.plus(delta);
  if (held.isZero() || held.isPositive() === delta.isPositive()) {
    const cost = held.abs().times(averagePrice).plus(size.times(price));
    return { contracts, averagePrice: cost.dividedBy(contracts.abs()), pnl: ZERO };
  }
  const closed = min(held.abs(), size);
  const gain = held.isPositive() ? price.minus(averagePrice) : averagePrice.minus(price);
  const turned = contracts.isPositive() !== held.isPositive() && !contracts.isZero();
  const next = contracts.isZero() ? ZERO : turned ? price : averagePrice;
  return { contracts, averagePrice: next, pnl: gain.times(closed).times(contractValue) };
}

export function notional(contract: Contract, size: Decimal, price: Decimal): Decimal {
  return size.abs().times(contract.contractValue).times(price);
}

/** What a position has set aside at its leverage. */
export function initialMargin(contract: Contract, position: PositionRecord): Decimal {
  return notional(contract, position.contracts, position.averagePrice).dividedBy(decimal(position.leverage));
}

export function unrealized(contract: Contract, position: PositionRecord, price: Decimal): Decimal {
  return price.minus(position.averagePrice).times(position.contracts).times(contract.contractValue);
}

/** Where what backs a position is used up but for its maintenance margin; zero where no price does that. */
export function liquidationPrice(contract: Contract, position: PositionRecord, backing: Decimal): Decimal {
  const quantity = position.contracts.abs().times(contract.contractValue);
  if (quantity.isZero()) return ZERO;
  const reach = backing.dividedBy(quantity);
  const price = position.contracts.isPositive()
    ? position.averagePrice.minus(reach).dividedBy(ONE.minus(contract.maintenanceRate))
    : position.averagePrice.plus(reach).dividedBy(ONE.plus(contract.maintenanceRate));
  return max(ZERO, price);
}

/** Where a position has lost exactly what backs it. */
export function bankruptcyPrice(contract: Contract, position: PositionRecord, backing: Decimal): Decimal {
  const reach = backing.dividedBy(position.contracts.abs().times(contract.contractValue));
  return max(ZERO, position.contracts.isPositive() ? position.averagePrice.minus(reach) : position.averagePrice.plus(reach));
}
