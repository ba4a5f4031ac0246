// What the checks of the JavaScript clients share: each prints a line, and the last one says whether all held.

import { isDeepStrictEqual } from "node:util";

export const base = process.env.SHAPES;
let failures = 0;

function line(name, problem) {
  if (problem) failures += 1;
  console.log(problem ? `FAILED ${name}: ${problem}` : `ok ${name}`);
}

/** What every wire can say, by name: the text, and the calls as `[id, name, arguments]`. */
export async function sayings() {
  const everything = await (await fetch(`${base}/sayings`)).json();
  const said = (parts) => ({
    text: parts.map((part) => part.text ?? "").join(""),
    calls: parts.filter((part) => part.call).map(({ call }) => [call.id, call.name, call.arguments]),
  });
  return Object.fromEntries(["text", "call", "two_calls"].map((name) => [name, said(everything[name])]));
}

/** The arguments of a call as a value, or as the text that they are if they are no JSON. */
export function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The call raises exactly this type, and these members of the error have these values. */
export async function raises(name, kind, call, expected = {}) {
  let error;
  try {
    await call();
  } catch (raised) {
    error = raised;
  }
  let problem = error?.constructor === kind ? undefined : `raised ${error?.constructor.name}: ${error?.message}`;
  for (const [member, value] of Object.entries(expected)) {
    if (!problem && error[member] !== value) problem = `${member} is ${error[member]}, not ${value}`;
  }
  line(`${name} -> ${kind.name}`, problem);
}

/** The call raises nothing, and what it returns has these members with these values. */
export async function gives(name, call, expected) {
  let problem;
  try {
    const found = await call();
    const other = Object.keys(expected).filter((member) => !isDeepStrictEqual(found[member], expected[member]));
    if (other.length) problem = `got ${JSON.stringify(Object.fromEntries(other.map((member) => [member, found[member]])))}`;
  } catch (error) {
    problem = `raised ${error.constructor.name}: ${error.message}`;
  }
  line(name, problem);
}

/** The call asks so many times, takes so long, and raises nothing. */
export async function asks(name, place, requests, call, least) {
  const begin = performance.now();
  let problem;
  try {
    await call();
  } catch (error) {
    problem = `raised ${error.constructor.name}: ${error.message}`;
  }
  const seconds = (performance.now() - begin) / 1000;
  const asked = Number(await (await fetch(`${base}/count/${place}`)).text());
  if (!problem && asked !== requests) problem = `asked ${asked} times`;
  if (!problem && seconds < least) problem = `took ${seconds.toFixed(2)} s`;
  line(`${name}: ${requests} requests in ${least} s or more`, problem);
}

export function finish() {
  process.exit(failures ? 1 : 0);
}
