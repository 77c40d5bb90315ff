/** Longest rule, in characters: one line of chat. */
export const RULE_LENGTH_MAX = 500;
/** Parentheses, `not` and minus signs that may stand in one another. */
export const RULE_DEPTH_MAX = 32;
/** How far back a rule may look with `close[n]`, in candles. */
export const HISTORY_MAX = 100;
/** Different indicators in one rule. */
export const INDICATORS_MAX = 20;
/** Conditions that one score may count. */
export const SCORE_MAX = 10;
/** Digits of a number before and after its point. */
export const WHOLE_DIGITS_MAX = 12;
export const FRACTION_DIGITS_MAX = 8;
