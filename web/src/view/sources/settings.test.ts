import { expect, test } from "vitest";
import { newHeader, readSettings, writeSettings } from "./settings";

const json = {
  uid: "vm",
  version: 3,
  name: "VM",
  type: "prometheus",
  url: "http://vm:8428",
  basicAuth: true,
  basicAuthUser: "edge",
  jsonData: { timeInterval: "30s", httpHeaderName1: "X-Scope-OrgID", exemplarTraceIdDestinations: [{ name: "traceID" }] },
  secureJsonFields: { basicAuthPassword: true, httpHeaderValue1: true },
};

test("what the form does not show comes back as it was, and secrets only when they are typed", () => {
  const settings = readSettings(json);
  expect(settings).toMatchObject({ passwordKept: true, password: "", headers: [{ name: "X-Scope-OrgID", value: "", kept: true }] });
  const sent = writeSettings(json, settings);
  expect(sent).toMatchObject({ uid: "vm", version: 3, secureJsonData: {} });
  expect(sent.jsonData).toEqual({ ...json.jsonData, httpMethod: "POST" });
});

test("what was typed is sent", () => {
  const settings = { ...readSettings({}), name: " New ", url: "http://p:9090", password: "secret", method: "GET" as const };
  const headers = [{ ...newHeader(settings.headers), name: "X-A", value: "b" }];
  expect(writeSettings({}, { ...settings, headers })).toMatchObject({
    name: "New",
    type: "prometheus",
    jsonData: { httpMethod: "GET", httpHeaderName1: "X-A" },
    secureJsonData: { basicAuthPassword: "secret", httpHeaderValue1: "b" },
  });
});
