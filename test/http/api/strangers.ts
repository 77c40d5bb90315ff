/** What a client may send where a token belongs. */
export const OTHER_THAN_A_TOKEN: readonly string[] = [
  "",
  "Bearer",
  "Bearer ",
  "Bearer undefined",
  "Basic YTpi",
  "Bearer a b",
  `Bearer ${"x".repeat(300)}`,
];
