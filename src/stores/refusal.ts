import type { AppendBatch } from "../ports/store.ts";

/**
 * Why an append may not happen, or undefined when it may. `newestEpoch` is 0 for a stream that nobody has acquired.
 * Every store asks this one function, so that all of them refuse the same batches in the same words.
 */
export function refusalOf(batch: AppendBatch, newestEpoch: number, lastSequence: number): string | undefined {
  if (newestEpoch === 0) return neverAcquired(batch.stream);
  if (batch.epoch !== newestEpoch) {
    return `the stream "${batch.stream}" is held under epoch ${newestEpoch}, this append came under epoch ${batch.epoch}: another process took the stream, stop writing to it`;
  }
  if (batch.expectedSequence !== lastSequence) {
    return `the stream "${batch.stream}" ends at ${lastSequence}, this append expected ${batch.expectedSequence}: read the stream again before writing`;
  }
  return undefined;
}

/** To be said of a stream that is somebody else's or nobody's. */
export function neverAcquired(stream: string): string {
  return `this process has not acquired the stream "${stream}": acquire it before the first append`;
}
