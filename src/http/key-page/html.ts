import { createHash } from "node:crypto";
import type { SecretForm } from "../../ports/secret-form.ts";

const STYLE =
  "body{font:16px system-ui;max-width:32rem;margin:3rem auto;padding:0 1rem}label{display:block;margin:1rem 0}input{width:100%;padding:.5rem;font:inherit}";

/** Nothing is loaded, run, framed, kept or told to other sites; the form goes back to where it came from. */
export const HEADERS: Readonly<Record<string, string>> = {
  "Content-Type": "text/html; charset=utf-8",
  "Cache-Control": "no-store",
  "Content-Security-Policy": `default-src 'none'; style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`,
  "X-Frame-Options": "DENY",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  Connection: "close",
};

/** The form; with the names of fields that were left empty, it says so. What was typed is not repeated. */
export function formPage({ title, fields }: SecretForm, path: string, formToken: string, missing: readonly string[] = []): string {
  const inputs = fields.map(
    ({ name, label }) =>
      `<label>${escaped(label)}${missing.includes(name) ? " (missing)" : ""}<input type="password" name="${escaped(name)}" required autocomplete="off" spellcheck="false"></label>`,
  );
  return whole(
    title,
    `<form method="post" action="${escaped(path)}" autocomplete="off"><input type="hidden" name="form-token" value="${escaped(formToken)}">${inputs.join("")}<button>Hand in</button></form><p>This page works once and goes to the desk on this machine, nowhere else.</p>`,
  );
}

/** What the browser shows once a form was handed in; it holds nothing of what was typed. */
export function donePage({ title }: SecretForm): string {
  return whole(title, "<p>Handed in. The answer is where you asked; close this page.</p>");
}

function whole(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title><style>${STYLE}</style></head><body><h1>${escaped(title)}</h1>${body}</body></html>`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;").replaceAll("'", "&#39;");
}
