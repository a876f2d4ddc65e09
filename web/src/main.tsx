import { render } from "solid-js/web";
import { App } from "./app/app";
import { startRouter } from "./app/router";
import { startSession } from "./app/session";
import { startTheme } from "./app/theme";
import "./styles/base.css";

startTheme();
startRouter();
startSession();

const root = document.getElementById("root");
if (root) render(() => <App />, root);
