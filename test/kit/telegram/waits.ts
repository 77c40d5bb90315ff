import type { World, WorldEvents } from "./world.ts";

export const WAIT_TIMEOUT_MS = 5_000;

/** Waits for the world to be in some state: looks at once, then whenever something happens. No clock is polled. */
export class Waits {
  private readonly world: World;
  private readonly circumstances: () => string;
  private readonly open = new Set<(error: Error) => void>();

  constructor(world: World, circumstances: () => string) {
    this.world = world;
    this.circumstances = circumstances;
  }

  until<T>(events: (keyof WorldEvents)[], probe: () => T | undefined, timeoutMs: number, hoped: string): Promise<T> {
    const already = probe();
    if (already !== undefined) return Promise.resolve(already);
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const look = () => {
      const found = probe();
      // The answer to the request under way leaves first: a test may cut every connection right afterwards.
      if (found !== undefined) settle(() => setImmediate(resolve, found));
    };
    const settle = (finish: () => void) => {
      clearTimeout(timer);
      for (const event of events) this.world.events.off(event, look);
      this.open.delete(abandon);
      finish();
    };
    const abandon = (error: Error) => settle(() => reject(error));
    const timer = setTimeout(() => abandon(new Error(`Within ${timeoutMs} ms ${hoped}\n${this.circumstances()}`)), timeoutMs);
    for (const event of events) this.world.events.on(event, look);
    this.open.add(abandon);
    return promise;
  }

  stop(): void {
    for (const abandon of this.open) abandon(new Error("The Telegram counterpart was stopped while a test was waiting"));
  }
}
