import { Secret } from "../../../src/domain/secret.ts";
import { JobSignatures } from "../../../src/system/queue/job-signatures.ts";
import { canary } from "../canary/canary.ts";

/** What the processes of a desk sign with. A desk of another name, or with another key, is another one. */
export function testSignatures({ key = canary("other secret"), desk = "test" } = {}): JobSignatures {
  return new JobSignatures({ key: new Secret(key), desk });
}
