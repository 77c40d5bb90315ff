/** An answer of the API that is not a success; the numbers are Discord's public error codes. */
export class ApiRefusal extends Error {
  readonly status: number;
  readonly code: number;
  readonly field: string | undefined;

  constructor(status: number, code: number, message: string, field?: string) {
    super(message);
    this.name = "ApiRefusal";
    this.status = status;
    this.code = code;
    this.field = field;
  }

  toBody(): Record<string, unknown> {
    if (this.code !== INVALID_FORM) return { message: this.message, code: this.code };
    const reason = { _errors: [{ code: "INVALID", message: this.message }] };
    return { message: "Invalid Form Body", code: this.code, errors: this.field ? { [this.field]: reason } : reason };
  }

  /** A body that Discord would refuse whatever the moment: always a mistake of the sender, never weather. */
  get isMalformed(): boolean {
    return [INVALID_FORM, 50_006, 40_005, 30_032].includes(this.code);
  }
}

const INVALID_FORM = 50_035;

export function invalidForm(field: string, message: string): ApiRefusal {
  return new ApiRefusal(400, INVALID_FORM, `${field}: ${message}`, field);
}

export const unknownInteraction = () => new ApiRefusal(404, 10_062, "Unknown interaction");
export const alreadyAcknowledged = () => new ApiRefusal(400, 40_060, "Interaction has already been acknowledged.");
export const unknownWebhook = () => new ApiRefusal(404, 10_015, "Unknown Webhook");
export const invalidWebhookToken = () => new ApiRefusal(401, 50_027, "Invalid Webhook Token");
export const unknownChannel = () => new ApiRefusal(404, 10_003, "Unknown Channel");
export const unknownMessage = () => new ApiRefusal(404, 10_008, "Unknown Message");
export const unknownGuild = () => new ApiRefusal(404, 10_004, "Unknown Guild");
export const unknownMember = () => new ApiRefusal(404, 10_007, "Unknown Member");
export const unknownUser = () => new ApiRefusal(404, 10_013, "Unknown User");
export const emptyMessage = () => new ApiRefusal(400, 50_006, "Cannot send an empty message");
export const unauthorized = () => new ApiRefusal(401, 0, "401: Unauthorized");
export const tooLarge = () => new ApiRefusal(413, 40_005, "Request entity too large");

/** What the app tells a person who tries something impossible. */
export class PersonRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = "PersonRefused";
  }
}
