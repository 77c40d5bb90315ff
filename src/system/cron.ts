import nodeCron, { type ScheduledTask, type Logger as TaskLogger } from "node-cron";
import { messageOf } from "../domain/errors.ts";
import type { Beat } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";

const EVERY_SECOND = "* * * * * *";

/**
 * The engine's heartbeat on node-cron: every UTC second, skipped while the previous one still runs. A beat that throws is
 * logged and the next one comes all the same. UTC because node-cron loses beats at a daylight saving change.
 */
export function cronBeat(logger: Logger): Beat {
  let task: ScheduledTask | undefined;
  return {
    start(onBeat) {
      if (task !== undefined) throw new Error("the beat is running already; stop it before starting it again");
      const guarded = async () => {
        try {
          await onBeat();
        } catch (thrown) {
          logger.error({ error: thrown }, "a beat failed; the next one comes as usual");
        }
      };
      task = nodeCron.schedule(EVERY_SECOND, guarded, { timezone: "Etc/UTC", noOverlap: true, name: "beat", logger: taskLogger(logger) });
    },
    stop() {
      const stopped = task;
      task = undefined;
      void stopped?.destroy();
    },
  };
}

/** node-cron's own messages (an overlapping or missed beat) in our log instead of on stdout. */
function taskLogger(logger: Logger): TaskLogger {
  const facts = (message: string | Error, error?: Error) => {
    const found = error ?? (message instanceof Error ? message : undefined);
    return found === undefined ? {} : { error: found };
  };
  return {
    info: (message) => logger.info({}, message),
    warn: (message) => logger.warn({}, message),
    error: (message, error) => logger.error(facts(message, error), messageOf(message)),
    debug: (message, error) => logger.debug(facts(message, error), messageOf(message)),
  };
}
