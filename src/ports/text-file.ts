/** A file that an answer hands over, for spreadsheets and programs. */
export interface TextFile {
  /** With its ending: small letters, digits, dashes and one dot. */
  readonly name: string;
  readonly contentType: "text/csv" | "application/json";
  /** Small enough for every platform; ends with a line end. */
  readonly text: string;
}
