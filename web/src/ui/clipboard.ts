/** Puts a text into the clipboard, also where a page without TLS is not trusted with it. */
export async function copyText(text: string): Promise<void> {
  // Browsers give the clipboard to secure pages and to localhost only; a device is mostly looked at by its address.
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = Object.assign(document.createElement("textarea"), { value: text, readOnly: true });
  field.className = "sr-only";
  // Inside a dialog nothing outside it can be selected.
  (document.querySelector("dialog[open]") ?? document.body).append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}
