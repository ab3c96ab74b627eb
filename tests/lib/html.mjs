// HTML as a browser reads it.
import { parse } from "parse5";

/** A document with the errors that the HTML standard names. */
export function parseHtml(text) {
  const errors = [];
  const document = parse(text, { sourceCodeLocationInfo: true, onParseError: (e) => errors.push(`${e.code} at ${e.startOffset}: ${text.slice(e.startOffset - 40, e.startOffset + 40)}`) });
  return { document, errors };
}

export function* elements(node) {
  if (node.tagName) yield node;
  for (const child of node.childNodes ?? []) yield* elements(child);
}

export function attribute(element, name) {
  return element.attrs.find((a) => a.name === name)?.value;
}

export function textOf(node) {
  return node.value ?? (node.childNodes ?? []).map(textOf).join("");
}

/** The elements of a tag name, of a document or a text. */
export function all(source, name) {
  const document = typeof source === "string" ? parse(source) : source;
  return [...elements(document)].filter((e) => !name || e.tagName === name);
}

export function hasClass(element, name) {
  return (attribute(element, "class") ?? "").split(/\s+/).includes(name);
}

/** Every address that an element leads to or loads. */
export function addressesOf(element) {
  const found = [];
  for (const { name, value } of element.attrs) {
    // Where a form is posted to is no page.
    if (name === "action" && attribute(element, "method") === "post") continue;
    if (["href", "src", "action", "poster", "data"].includes(name)) found.push(value);
    if (["srcset", "imagesrcset"].includes(name)) found.push(...value.split(",").map((part) => part.trim().split(/\s+/)[0]).filter(Boolean));
  }
  if (element.tagName === "meta" && ["og:image", "og:url"].includes(attribute(element, "property"))) found.push(attribute(element, "content"));
  return found;
}
