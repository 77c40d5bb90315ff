import { secretText } from "../../src/chat/args.ts";
import { CLAIM_CODE_LENGTH } from "../../src/chat/claim.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { card } from "../../src/chat/view.ts";
import { UserError } from "../../src/domain/errors.ts";

const DIGEST_AT = "08:00";

export default defineCommand({
  summary: "Claims a desk that nobody owns yet, with the code that it printed when it started",
  role: "anyone",
  private: true,
  args: {
    code: secretText
      .meta({ argument: { kind: "text", secret: true, example: "x7k2m9p4q1w8", question: "What is the code?" } })
      .describe("The code, of 12 letters and digits"),
  },
  run({ args, claim, desk, user, place, timeZone, record }) {
    if (desk.state.claimed || claim === undefined)
      throw new UserError("This desk has an owner already. An admin can give you a role with `access grant`.");
    const answer = claim.attempt(user.id, args.code);
    if (answer !== "right") record({ type: "access-denied", user: user.id, place: place.id, path: "access link" });
    if (answer === "dead")
      throw new UserError("This code no longer works: it was tried too often or used. Restart the desk for a new one.");
    if (answer === "wrong")
      throw new UserError(`That is not the code. It has ${CLAIM_CODE_LENGTH} letters and digits and was printed when the desk started.`);
    record({ type: "desk-claimed", user: user.id, place: place.id });
    record({ type: "channel-subscribed", place: place.id, kinds: ["critical", "fills"], by: user.id });
    record({ type: "channel-digest-set", place: place.id, at: DIGEST_AT, timeZone, by: user.id });
    return card("The desk is yours")
      .good()
      .line(
        "You are its admin.",
        `This place gets critical alerts, fills and the digest at ${DIGEST_AT} (${timeZone}).`,
        "Your account elsewhere is another person for the desk: grant it with `access grant`.",
      )
      .button("Create a bot", "bot create", "primary")
      .button("Help", "help");
  },
});
