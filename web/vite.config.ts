import { defineConfig } from "vitest/config";
import solid from "vite-plugin-solid";

// In development every request that is not for the front end itself goes to a running Gnomon.
const target = process.env.GNOMON_URL ?? "http://127.0.0.1:9090";
// Changes are refused when they come from a page of another origin.
const server = { target, changeOrigin: true, headers: { origin: new URL(target).origin } };

export default defineConfig({
  plugins: [solid()],
  // Where the server is found is known to the server alone.
  base: "./",
  server: {
    proxy: { "/api": server, "/login": { ...server, bypass: onlyPost }, "/logout": server, "/-": server },
  },
  build: {
    target: "es2022",
    // The content security policy allows no data: URLs, so nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // All that every page starts with is one file: each file more is a request more before anything is drawn.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: "start", tags: ["$initial"] }] } } },
  },
  test: { environment: "node", include: ["src/**/*.test.ts"] },
});

/** `GET /login` is a page of the front end, `POST /login` a request to the server. */
function onlyPost(request: { method?: string | undefined }): string | undefined {
  return request.method === "POST" ? undefined : "/index.html";
}
