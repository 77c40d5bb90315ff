import { openTerminal } from "../../../src/platforms/terminal.ts";
import { FakeClock } from "../../kit/fake-clock.ts";
import { askingDoor, view } from "./fake-door.ts";

// A process that holds a terminal on its own streams and nothing else: it ends by itself when the terminal is done.
const terminal = openTerminal({
  json: false,
  endsAtEof: true,
  colors: false,
  clock: new FakeClock(),
  wait: async () => view("The market moved"),
  welcome: () => view("Welcome"),
});
await terminal.start(askingDoor());
await terminal.ended;
await terminal.stop();
