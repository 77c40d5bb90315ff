import { personOf, TERMINAL_USER } from "../../src/chat/access.ts";
import { refuseProgram } from "../../src/chat/api-tokens.ts";
import { secretText } from "../../src/chat/args.ts";
import { CLAIM_CODE_LENGTH } from "../../src/chat/claim.ts";
import type { Call } from "../../src/chat/command.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { DIGEST_AT } from "../../src/chat/digests.ts";
import { LINK_LIFE_MINUTES } from "../../src/chat/link-codes.ts";
import { type Card, card } from "../../src/chat/view.ts";
import { UserError } from "../../src/domain/errors.ts";

type LinkCall = Call<{ readonly code?: string | undefined }>;

export default defineCommand({
  summary: "Links your accounts on two platforms, or claims a desk that nobody owns yet with the code that it printed",
  role: "anyone",
  private: true,
  factor: true,
  // A stranger brings nothing into a link; whoever has rights, here or elsewhere, or owns something must prove that it is them.
  factorUnless: ({ identity }) => !identity.hasSomething,
  args: {
    code: secretText
      .meta({ argument: { kind: "text", secret: true, example: "x7k2m9p4q1w8", question: "What is the code?" } })
      .describe("The code that the other platform or the start of the desk showed; without it you get one")
      .optional(),
  },
  danger({ args, identity, user }) {
    // What a token cannot do takes no room among what waits for its person's second factor.
    refuseProgram(user.id, "access link");
    const owner = args.code === undefined || user.id === TERMINAL_USER ? undefined : identity.linkCodes.ownerOf(args.code, user.id);
    if (owner === undefined) return undefined;
    // A code may come in a link that somebody else sent: one touch must not be enough.
    return card("Become one person?").line(
      `${user.id} and ${owner} become one person: each has the rights and the bots of both, and can approve what the other asks for.`,
      "Go on only if both accounts are yours. If somebody else sent you this code, they would get all that you may do.",
    );
  },
  run(call) {
    const { args, identity, user } = call;
    refuseProgram(user.id, "access link");
    if (args.code === undefined) return issue(call);
    const owner = identity.linkCodes.ownerOf(args.code, user.id);
    return owner === undefined ? claimDesk(call, args.code) : link(call, args.code, owner);
  },
});

function issue({ identity, user, claim, desk }: LinkCall): Card {
  if (!identity.holdsRights) {
    const claimable = claim !== undefined && !desk.state.claimed;
    throw new UserError(
      claimable
        ? "Send `access link code:...` with the code that the desk printed when it started."
        : "You hold no role here, so there is nothing to link. An admin can give you one with `access grant`.",
    );
  }
  const code = identity.linkCodes.issue(user.id);
  return card("Type this on the other platform").line(
    `\`access link code:${code}\``,
    `It works once, for ${LINK_LIFE_MINUTES} minutes. Whoever types it there has your rights: give it to nobody.`,
  );
}

function link({ identity, user, desk, record, caller }: LinkCall, code: string, owner: string): Card {
  const { links } = desk.state;
  // Two that link to each other at once would be linked in a circle, and be nobody's person.
  record(identity.linkCodes.link(code, owner, user.id, caller.requestId), () => `${personOf(links, user.id)} ${personOf(links, owner)}`);
  return card(`${user.id} and ${owner} are one person now`)
    .good()
    .line("Each has the rights and the bots of both, and can approve what the other asks for.", "Not you? Send `access lock` at once.");
}

function claimDesk({ claim, identity, desk, user, place, timeZone, record }: LinkCall, code: string): Card {
  if (desk.state.claimed || claim === undefined) {
    identity.linkCodes.missed(user.id);
    throw new UserError(
      "This desk has an owner already. An admin can give you a role with `access grant`; a code that links works once, for 10 minutes.",
    );
  }
  const answer = claim.attempt(user.id, code);
  if (answer !== "right") record({ type: "access-denied", user: user.id, place: place.id, path: "access link" });
  if (answer === "dead") throw new UserError("This code no longer works: it was tried too often or used. Restart the desk for a new one.");
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
      "Your account elsewhere is another person for the desk until you link it: `access link`.",
      "What raises risk needs a second factor: `access totp` sets one up.",
    )
    .button("Create a bot", "bot create", "primary")
    .button("Help", "help");
}
