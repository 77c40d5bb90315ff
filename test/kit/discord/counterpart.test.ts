import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  ActionRowBuilder,
  ApplicationCommandType,
  AttachmentBuilder,
  ButtonBuilder,
  ButtonStyle,
  type Client,
  type Interaction as ClientInteraction,
  ContainerBuilder,
  ContextMenuCommandBuilder,
  EmbedBuilder,
  Events,
  LabelBuilder,
  MediaGalleryBuilder,
  MessageFlags,
  ModalBuilder,
  SectionBuilder,
  SlashCommandBuilder,
  StringSelectMenuBuilder,
  TextDisplayBuilder,
  TextInputBuilder,
  TextInputStyle,
} from "discord.js";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { loggedIn } from "../discord-selftest/testing.ts";
import { DiscordCounterpart } from "./counterpart.ts";
import { withRecordedJudge } from "./recorded-judge.ts";
import { textOf } from "./text.ts";

const PNG = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAIAAAADCAYAAAC56t6BAAAAEUlEQVR42mNk+M9QzwAETAwAAB4GAQRgTnrpAAAAAElFTkSuQmCC", "base64");

let discord: DiscordCounterpart;
let client: Client<true>;

beforeAll(async () => {
  discord = await DiscordCounterpart.start(withRecordedJudge);
  client = await loggedIn(discord);
  await client.application.commands.set([
    new SlashCommandBuilder()
      .setName("bot")
      .setDescription("Bots")
      .addSubcommand((sub) =>
        sub
          .setName("create")
          .setDescription("Make one")
          .addStringOption((option) => option.setName("symbol").setDescription("Which").setRequired(true).setAutocomplete(true))
          .addIntegerOption((option) => option.setName("count").setDescription("How many").setMinValue(1).setMaxValue(9))
          .addStringOption((option) => option.setName("mode").setDescription("How").addChoices({ name: "Paper", value: "paper" }))
          .addUserOption((option) => option.setName("owner").setDescription("Whose"))
          .addChannelOption((option) => option.setName("room").setDescription("Where")),
      ),
    new SlashCommandBuilder().setName("card").setDescription("A card"),
    new SlashCommandBuilder().setName("form").setDescription("A form"),
    new SlashCommandBuilder().setName("secret").setDescription("For your eyes"),
    new SlashCommandBuilder().setName("admin").setDescription("Hidden").setDefaultMemberPermissions(8n),
    new ContextMenuCommandBuilder().setName("Explain this trade").setType(ApplicationCommandType.Message),
  ]);
  client.on(Events.InteractionCreate, (interaction) => void answer(interaction));
});

afterEach(() => expect(discord.violations).toEqual([]));

afterAll(async () => {
  await client.destroy();
  await discord.stop();
});

const stop = () => new ButtonBuilder().setCustomId("stop").setLabel("Stop").setStyle(ButtonStyle.Danger);
const locked = () => new ButtonBuilder().setCustomId("locked").setLabel("Locked").setStyle(ButtonStyle.Secondary).setDisabled(true);
const menu = () =>
  new StringSelectMenuBuilder()
    .setCustomId("tf")
    .setPlaceholder("Timeframe")
    .addOptions({ label: "5 m", value: "5m" }, { label: "1 h", value: "1h" });

const askForm = () =>
  new ModalBuilder()
    .setCustomId("risk")
    .setTitle("Risk")
    .addLabelComponents(
      new LabelBuilder()
        .setLabel("Max loss")
        .setTextInputComponent(new TextInputBuilder().setCustomId("loss").setStyle(TextInputStyle.Short).setMaxLength(5)),
    );

const card = (title: string) =>
  new ContainerBuilder()
    .setAccentColor(0x00ff00)
    .addSectionComponents(
      new SectionBuilder().addTextDisplayComponents(new TextDisplayBuilder().setContent(title)).setButtonAccessory(stop()),
    )
    .addSeparatorComponents((separator) => separator)
    .addMediaGalleryComponents(new MediaGalleryBuilder().addItems({ media: { url: "attachment://chart.png" } }));

async function answer(interaction: ClientInteraction): Promise<unknown> {
  if (interaction.isAutocomplete()) return interaction.respond([{ name: "BTC/USDT", value: `${interaction.options.getFocused()}-ok` }]);
  if (interaction.isModalSubmit()) return interaction.reply(`loss ${interaction.fields.getTextInputValue("loss")}`);
  if (interaction.isStringSelectMenu()) return interaction.update({ content: `chose ${interaction.values}`, components: [] });
  if (interaction.isMessageContextMenuCommand()) return interaction.reply(`about: ${interaction.targetMessage.content}`);
  if (interaction.isButton()) {
    await interaction.deferUpdate();
    return interaction.followUp({ content: `${interaction.user.username} stopped it`, flags: MessageFlags.Ephemeral });
  }
  if (!interaction.isChatInputCommand()) return undefined;
  if (interaction.commandName === "form") return interaction.showModal(askForm());
  if (interaction.commandName === "secret") {
    await interaction.deferReply({ flags: MessageFlags.Ephemeral });
    return interaction.followUp("42");
  }
  if (interaction.commandName === "card") {
    await interaction.deferReply();
    const files = [new AttachmentBuilder(PNG, { name: "chart.png" })];
    return interaction.editReply({ flags: MessageFlags.IsComponentsV2, components: [card("**BTC/USDT** up")], files });
  }
  const { options } = interaction;
  const facts = [options.getString("symbol"), options.getInteger("count"), options.getString("mode"), options.getUser("owner")?.username];
  const rows = [
    new ActionRowBuilder<ButtonBuilder>().addComponents(stop(), locked()),
    new ActionRowBuilder<StringSelectMenuBuilder>().addComponents(menu()),
  ];
  const reply = await interaction.reply({ content: facts.join(" "), components: rows, withResponse: true });
  return reply.resource?.message?.id;
}

test("a person types a command and sees the answer with its buttons", async () => {
  const interaction = discord.slash(discord.user, "/bot create", {
    symbol: "BTC/USDT",
    count: 3,
    mode: "Paper",
    owner: discord.user,
    room: discord.channel,
  });
  expect(textOf(await interaction.settled())).toBe("BTC/USDT 3 paper ada\n[Stop] [Locked] <Timeframe | 5 m | 1 h>");
  expect(interaction.ack).toMatchObject({ type: 4 });
  const typed = await discord.slash(discord.user, "/bot create symbol:ETH/USDT count:2").settled();
  expect(typed.content).toBe("ETH/USDT 2  ");
});

test("suggestions reach the person who is still typing", async () => {
  const choices = await discord.autocomplete(discord.user, "/bot create", { symbol: "BT" }, "symbol");
  expect(choices).toEqual([{ name: "BTC/USDT", value: "BT-ok" }]);
  await expect(discord.autocomplete(discord.user, "/bot create", {}, "mode")).rejects.toThrow("has no suggestions");
});

test("a deferred answer becomes a card with a picture that can be downloaded", async () => {
  const interaction = discord.slash(discord.user, "/card");
  expect(await interaction.wait("ack")).toMatchObject({ type: 5 });
  const shown = await interaction.settled();
  expect(textOf(shown)).toBe("**BTC/USDT** up\n[Stop]\n(chart.png)");
  expect(shown.attachments[0]).toMatchObject({ width: 2, height: 3, content_type: "image/png" });
  const picture = await fetch(shown.attachments[0]?.url ?? "");
  expect(Buffer.from(await picture.arrayBuffer()).equals(PNG)).toBe(true);
  const pressed = discord.press(discord.user, shown, "Stop");
  const followup = await pressed.wait("followup");
  expect(followup.content).toBe("ada stopped it");
  expect(discord.channelMessages()).not.toContainEqual(expect.objectContaining({ id: followup.id }));
  expect(discord.channelMessages(discord.channel, discord.user)).toContainEqual(expect.objectContaining({ id: followup.id }));
});

test("a menu changes its own message", async () => {
  const shown = await discord.slash(discord.user, "/bot create", { symbol: "A" }).settled();
  expect(() => discord.choose(discord.user, shown, "tf", ["4h"])).toThrow("not among");
  expect(() => discord.choose(discord.user, shown, "tf", ["5m", "1h"])).toThrow("choose 1 to 1");
  const chosen = await discord.choose(discord.user, shown, "tf", ["1 h"]).settled();
  expect([chosen.id, textOf(chosen)]).toEqual([shown.id, "chose 1h"]);
  expect(() => discord.choose(discord.user, shown, "tf", ["1h"])).toThrow("no menu");
});

test("a form is filled in and answered", async () => {
  const opened = discord.slash(discord.user, "/form");
  const modal = await opened.modal();
  await expect(opened.settled()).rejects.toThrow('form "Risk"');
  expect(() => discord.submit(discord.user, modal, {})).toThrow("Max loss is required");
  expect(() => discord.submit(discord.user, modal, { loss: "123456" })).toThrow("0 to 5 characters");
  expect(() => discord.submit(discord.user, modal, { lost: "1" })).toThrow("no field lost");
  expect((await discord.submit(discord.user, modal, { "Max loss": "100" }).settled()).content).toBe("loss 100");
});

test("an ephemeral answer is for one person, in a channel and in private alike", async () => {
  const eve = discord.addUser("Eve");
  const shown = await discord.slash(discord.user, "/secret").settled();
  expect(shown.content).toBe("42");
  expect(discord.channelMessages(discord.channel, eve).map((message) => message.id)).not.toContain(shown.id);
  expect(() => discord.press(eve, shown, "Stop")).toThrow("somebody else");
  expect((await discord.slash(eve, "/secret", {}, { channel: discord.direct(eve) }).settled()).content).toBe("42");
});

test("alerts arrive in the channel, are edited, explained, pinned and deleted", async () => {
  const channel = await client.channels.fetch(discord.channel.id);
  if (!channel?.isSendable()) throw new Error("not sendable");
  const embed = new EmbedBuilder().setTitle("Filled").addFields({ name: "Price", value: "1" });
  const [sent, seen] = await Promise.all([channel.send({ embeds: [embed] }), discord.waitForMessage(discord.channel, /Filled/)]);
  expect(textOf(seen)).toBe("Filled\nPrice: 1");
  await sent.edit({ content: "corrected", embeds: [] });
  const corrected = await discord.waitForMessage(discord.channel, "corrected");
  expect((await discord.contextMenu(discord.user, corrected, "Explain this trade").settled()).content).toBe("about: corrected");
  await sent.pin();
  await sent.react("👍");
  expect(discord.channelMessages().find((message) => message.id === sent.id)).toMatchObject({ pinned: true, reactions: [{ count: 1 }] });
  const thread = await sent.startThread({ name: "backtest" });
  await thread.send("50 %");
  expect((await discord.waitForMessage(discord.channelNamed("backtest"), "50 %")).channel_id).toBe(thread.id);
  await channel.sendTyping();
  expect((await channel.messages.fetch({ limit: 2 })).size).toBe(2);
  await sent.delete();
  expect(discord.channelMessages().map((message) => message.id)).not.toContain(sent.id);
});

test("direct messages and the questions of a self-check are served", async () => {
  await client.users.send(discord.user.id, "hello");
  expect((await discord.waitForMessage(discord.direct(discord.user), "hello")).content).toBe("hello");
  expect((await client.application.fetch()).owner?.id).toBe(discord.user.id);
  const guild = client.guilds.resolve(discord.guild.id);
  expect((await guild?.members.fetch({ user: discord.user.id, force: true }))?.user.username).toBe("ada");
  expect((await client.application.commands.fetch()).size).toBe(6);
  await guild?.commands.set([{ name: "here", description: "Only here" }]);
  expect(discord.commandsFor(discord.user)).toContain("here");
  expect(discord.commandsFor(discord.user, discord.direct(discord.user))).not.toContain("here");
});

test("a person is refused what the app would refuse", async () => {
  const eve = discord.addUser("Eve");
  const attempt =
    (line: string, values = {}) =>
    () =>
      discord.slash(eve, line, values);
  expect(attempt("/nothing")).toThrow("no command /nothing");
  expect(attempt("/admin")).toThrow("no command /admin");
  expect(attempt("/bot")).toThrow("not complete");
  expect(attempt("/bot sell")).toThrow("no subcommand sell");
  expect(attempt("/bot create")).toThrow("symbol is required");
  expect(attempt("/bot create", { symbol: "A", colour: "red" })).toThrow("no option colour");
  expect(attempt("/bot create", { symbol: 5 })).toThrow("takes text");
  expect(attempt("/bot create", { symbol: "A", count: 10 })).toThrow("takes 1 to 9");
  expect(attempt("/bot create", { symbol: "A", count: 1.5 })).toThrow("whole number");
  expect(attempt("/bot create", { symbol: "A", mode: "live" })).toThrow("not among Paper");
  expect(attempt("/bot create", { symbol: "A", owner: "1" })).toThrow("nothing here has the id 1");
  const shown = await discord.slash(eve, "/bot create", { symbol: "A" }).settled();
  expect(() => discord.press(eve, shown, "Sell")).toThrow("no button Sell; there are Stop, Locked");
  expect(() => discord.press(eve, shown, "Locked")).toThrow("is disabled");
  expect(() => discord.slash(discord.addUser("Stranger", null), "/card")).toThrow("not a member");
  discord.setRoles(discord.guild, eve, [discord.addRole(discord.guild, "Admins", 8n)]);
  expect(discord.commandsFor(eve)).toContain("admin");
});

test("the bot hears of servers and channels that come and go", async () => {
  const heard: string[] = [];
  client.on(Events.GuildCreate, (guild) => heard.push(`+${guild.name}`));
  client.on(Events.ChannelCreate, (channel) => heard.push(`+${channel.name}`));
  client.on(Events.ChannelDelete, () => heard.push("-channel"));
  const gone = new Promise((done) => client.once(Events.GuildDelete, done));
  const guild = discord.addGuild("Other");
  const channel = discord.addChannel(guild, "room");
  discord.deleteChannel(channel);
  discord.kickBot(guild);
  await gone;
  expect(heard).toEqual(["+Other", "+room", "-channel"]);
});

test("a bot in a process of its own needs the address and the token alone", async () => {
  const other = await DiscordCounterpart.start();
  const code = `
    import { Client } from "discord.js";
    const client = new Client({ intents: [1], rest: { api: process.env.API_URL } });
    client.on("interactionCreate", (interaction) => interaction.reply("hello from " + process.pid));
    await client.login(process.env.TOKEN);
    await client.application.commands.set([{ name: "hello", description: "Say it" }]);`;
  const env = { ...process.env, API_URL: other.apiUrl, TOKEN: other.token };
  const child = spawn(process.execPath, ["--input-type=module", "--eval", code], { env, stdio: "inherit" });
  await other.waitForRequest("PUT", "/commands");
  expect((await other.slash(other.user, "/hello").settled()).content).toBe(`hello from ${child.pid}`);
  child.kill();
  await once(child, "exit");
  await other.stop();
});
