/** The two clocks of trading at a real exchange: spans of this process, and the venue's own time as far as it is known. */
export interface LiveTimes {
  monotonicMs(): number;
  venueMs(): number;
}
