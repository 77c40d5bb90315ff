import { discordMessages } from "./discord.js";
import { ask } from "./dom.js";
import { setMenu, telegramMessages } from "./telegram.js";

const lists = { discord: discordMessages, telegram: telegramMessages };
const banner = document.querySelector("#claim");
const claimButton = document.querySelector("#claim-button");
const byId = (id) => document.querySelector(`#${id}`);

const source = new EventSource("/api/events");
source.addEventListener("message", ({ data }) => take(JSON.parse(data)));
source.addEventListener("error", () => showLamp(false, "the demo is not running"));

claimButton.addEventListener("click", async () => {
  claimButton.disabled = true;
  await ask("/api/claim", {}, document.querySelector(".discord"));
  claimButton.disabled = false;
});

function take(fact) {
  if (fact.kind === "all") {
    setMenu(fact.menu);
    for (const side of ["discord", "telegram"]) lists[side].reset(fact[side]);
    return showDesk(fact.desk);
  }
  if (fact.kind === "desk") return showDesk(fact.state);
  if (fact.kind === "gone") return lists[fact.side].remove(fact.id);
  lists[fact.kind].put(fact.message);
}

function showDesk({ isRunning, isClaimed, market, objections, ended }) {
  showLamp(isRunning, isRunning ? "desk is running" : "desk has ended");
  byId("market").textContent = market;
  const count = objections.length;
  byId("objections").textContent = count === 0 ? "both services are content" : `${count} objections of the services`;
  byId("objections").title = objections.join("\n");
  banner.hidden = isRunning && isClaimed;
  banner.classList.toggle("ended", !isRunning);
  claimButton.hidden = !isRunning;
  if (!isRunning) banner.firstElementChild.textContent = ended;
}

function showLamp(isOn, text) {
  byId("lamp").className = `lamp ${isOn ? "on" : "off"}`;
  byId("desk").textContent = text;
}
