import { parentPort } from "node:worker_threads";
import type { FromPainter } from "../../../src/system/painter/protocol.ts";

/** A drawing thread that found no font. */
parentPort?.postMessage({ kind: "unfit", problem: "no font" } satisfies FromPainter);
