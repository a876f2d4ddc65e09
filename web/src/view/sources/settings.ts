/** The settings of a data source as its form shows them, and back; what the form does not know stays as it is. */

import { type Json, flag, object, text } from "../../json";

export interface Header {
  /** Ties its name to its value: `httpHeaderName1`, `httpHeaderValue1`. */
  number: number;
  name: string;
  /** Empty leaves the one that is kept. */
  value: string;
  /** Whether a value is kept on the server. */
  kept: boolean;
}

export interface Settings {
  name: string;
  url: string;
  isDefault: boolean;
  /** Least step, and how often the data is scraped. */
  interval: string;
  method: "POST" | "GET";
  timeout: string;
  parameters: string;
  basicAuth: boolean;
  user: string;
  /** Secrets are never shown: empty leaves the one that is kept. */
  password: string;
  passwordKept: boolean;
  skipVerify: boolean;
  ownAuthority: boolean;
  authority: string;
  authorityKept: boolean;
  headers: Header[];
}

/** One more header, with the number behind all others. */
export function newHeader(headers: readonly Header[]): Header {
  return { number: Math.max(0, ...headers.map(({ number }) => number)) + 1, name: "", value: "", kept: false };
}

const NAME = "httpHeaderName";
const VALUE = "httpHeaderValue";

export function readSettings(json: Json): Settings {
  const data = object(json.jsonData);
  const kept = object(json.secureJsonFields);
  const headers = Object.keys(data).filter((key) => key.startsWith(NAME));
  return {
    name: text(json.name),
    url: text(json.url),
    isDefault: flag(json.isDefault),
    interval: text(data.timeInterval),
    method: data.httpMethod === "GET" ? "GET" : "POST",
    timeout: text(data.timeout),
    parameters: text(data.customQueryParameters),
    basicAuth: flag(json.basicAuth),
    user: text(json.basicAuthUser),
    password: "",
    passwordKept: flag(kept.basicAuthPassword),
    skipVerify: flag(data.tlsSkipVerify),
    ownAuthority: flag(data.tlsAuthWithCACert),
    authority: "",
    authorityKept: flag(kept.tlsCACert),
    headers: headers.map((key) => {
      const number = Number(key.slice(NAME.length));
      return { number, name: text(data[key]), value: "", kept: flag(kept[VALUE + number]) };
    }),
  };
}

/** What is sent: the JSON of before with the settings put in. */
export function writeSettings(before: Json, settings: Settings): Json {
  const data = Object.fromEntries(Object.entries(object(before.jsonData)).filter(([key]) => !key.startsWith(NAME)));
  const secrets: Record<string, string> = {};
  if (settings.password) secrets.basicAuthPassword = settings.password;
  if (settings.authority) secrets.tlsCACert = settings.authority;
  settings.headers.forEach((header) => {
    if (!header.name) return;
    data[`${NAME}${header.number}`] = header.name;
    if (header.value) secrets[`${VALUE}${header.number}`] = header.value;
  });
  const set = (key: string, value: string | boolean) => {
    if (value === "" || value === false) delete data[key];
    else data[key] = value;
  };
  set("timeInterval", settings.interval.trim());
  set("httpMethod", settings.method);
  set("timeout", settings.timeout.trim());
  set("customQueryParameters", settings.parameters.trim());
  set("tlsSkipVerify", settings.skipVerify);
  set("tlsAuthWithCACert", settings.ownAuthority);
  return {
    ...before,
    type: text(before.type, "prometheus"),
    access: "proxy",
    name: settings.name.trim(),
    url: settings.url.trim(),
    isDefault: settings.isDefault,
    basicAuth: settings.basicAuth,
    basicAuthUser: settings.user,
    jsonData: data,
    secureJsonData: secrets,
  };
}
