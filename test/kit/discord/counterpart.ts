import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { APIApplicationCommandOptionChoice, APIMessage, APIRole, APIUser } from "discord-api-types/v10";
import { GatewayIntentBits } from "discord-api-types/v10";
import { refuseCanaries } from "../canary/watch.ts";
import { CommandBook } from "./command-book.ts";
import { InteractionDesk } from "./desk.ts";
import { type Fault, Faults } from "./faults.ts";
import type { FormValues } from "./form.ts";
import { Gateway } from "./gateway.ts";
import { HttpApi, type Judge, type RequestRecord } from "./http.ts";
import type { Interaction, Modal } from "./interaction.ts";
import { OpenApiJudge } from "./judge-openapi.ts";
import { ZodJudge } from "./judge-zod.ts";
import { type LimitRule, RateLimits } from "./limits.ts";
import { Lookout } from "./lookout.ts";
import { MessageBoard, type MessageChange } from "./messages.ts";
import { channelPayload, guildPayload, memberPayload } from "./payloads.ts";
import { People, type Where } from "./people.ts";
import { applicationRoutes } from "./routes-application.ts";
import { channelRoutes } from "./routes-channels.ts";
import { interactionRoutes } from "./routes-interactions.ts";
import type { OptionValues } from "./slash-line.ts";
import type { TextMatch } from "./text.ts";
import { type Channel, type Clock, type Guild, type StoredFile, type StoredMessage, World } from "./world.ts";

export interface CounterpartOptions {
  /** Decides the 3 s and 15 min rules; real time unless given. */
  readonly clock?: Clock;
  /** 0 takes a free one. */
  readonly port?: number;
  readonly heartbeatMs?: number;
  /** Discord's published OpenAPI file, as a second opinion on both sides of every call. */
  readonly openapiPath?: string;
  /** A judge that was already loaded, to share its compiled schemas between counterparts. */
  readonly openapiJudge?: OpenApiJudge;
}

/**
 * A local Discord: REST and gateway on one port, and the people who use it.
 *
 *     const discord = await DiscordCounterpart.start();
 *     // the bot under test: rest.api = discord.apiUrl, token = discord.token
 *     await discord.waitForRequest("PUT", "/commands");
 *     const card = await discord.slash(discord.user, "/bot create", { symbol: "BTC/USDT" }).settled();
 *     const stopped = await discord.press(discord.user, card, "Stop").settled();
 *     expect(discord.violations).toEqual([]);
 */
export class DiscordCounterpart {
  readonly world: World;
  readonly faults = new Faults();
  readonly limits = new RateLimits();
  readonly gateway: Gateway;
  /** Everything that was wrong with a request, or with an answer of ours: a right-behaving run leaves it empty. */
  readonly violations: string[] = [];
  readonly #lookout = new Lookout();
  readonly guild: Guild;
  readonly channel: Channel;
  readonly user: APIUser;
  readonly #server: Server;
  readonly #board: MessageBoard;
  readonly #people: People;

  static async start(options: CounterpartOptions = {}): Promise<DiscordCounterpart> {
    const counterpart = new DiscordCounterpart(options);
    await new Promise<void>((resolve, reject) => {
      counterpart.#server.once("error", reject).listen(options.port ?? 0, "127.0.0.1", resolve);
    });
    return counterpart;
  }

  private constructor(options: CounterpartOptions) {
    this.world = new World(options.clock ?? { nowMs: () => Date.now() });
    this.user = this.world.addUser("Ada");
    this.guild = this.world.addGuild("Desk", this.user);
    this.channel = this.world.addChannel(this.guild, "trading");
    const fileUrl = (id: string, name: string) => `${this.#origin("http")}/attachments/${id}/${encodeURIComponent(name)}`;
    this.#board = new MessageBoard(this.world, fileUrl, (change, message) => this.#onMessage(change, message));
    this.gateway = new Gateway(this.world, () => this.#origin("ws"), options.heartbeatMs ?? 41_250);
    const commands = new CommandBook(this.world);
    const desk = new InteractionDesk(this.world, this.#board);
    const deliver = (payload: unknown) => this.gateway.dispatch("INTERACTION_CREATE", payload);
    const attach = (file: StoredFile) => this.#board.attach(file);
    this.#people = new People({ world: this.world, commands, desk, deliver, attach });
    const judges: Judge[] = [new ZodJudge()];
    const openapi = options.openapiJudge ?? (options.openapiPath ? new OpenApiJudge(options.openapiPath) : undefined);
    if (openapi) judges.push(openapi);
    const routes = [
      ...interactionRoutes(this.world, desk),
      ...channelRoutes(this.world, this.#board, (event, data) => this.gateway.dispatch(event, data, GatewayIntentBits.Guilds)),
      ...applicationRoutes(this.world, commands, () => this.#origin("ws")),
    ];
    const api = new HttpApi({
      world: this.world,
      limits: this.limits,
      faults: this.faults,
      violations: this.violations,
      onRequest: (record) => this.#lookout.noteRequest(record),
      judges,
      routes,
    });
    this.#server = createServer((request, response) => {
      api.serve(request, response).catch((error: unknown) => {
        this.violations.push(`the counterpart itself failed: ${error instanceof Error ? error.stack : error}`);
        response.destroy();
      });
    }).on("upgrade", (request, socket, head) => this.gateway.upgrade(request, socket, head));
  }

  get apiUrl(): string {
    return `${this.#origin("http")}/api`;
  }

  get token(): string {
    return this.world.token;
  }

  async stop(): Promise<void> {
    this.gateway.stop();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    refuseCanaries("what Discord was asked", JSON.stringify(this.requests));
  }

  // The world

  /** A new person, who joins the given server: the default one, or none for null. */
  addUser(name: string, guild: Guild | null = this.guild): APIUser {
    const user = this.world.addUser(name);
    if (guild) this.world.addMember(guild, user);
    return user;
  }

  addGuild(name: string, owner = this.user): Guild {
    const guild = this.world.addGuild(name, owner);
    this.gateway.dispatch("GUILD_CREATE", guildPayload(guild, this.world), GatewayIntentBits.Guilds);
    return guild;
  }

  addChannel(guild: Guild, name: string): Channel {
    const channel = this.world.addChannel(guild, name);
    this.gateway.dispatch("CHANNEL_CREATE", channelPayload(channel, this.world), GatewayIntentBits.Guilds);
    return channel;
  }

  /** A channel or thread by its name. */
  channelNamed(name: string): Channel {
    const found = [...this.world.channels.values()].find((channel) => channel.name === name);
    if (!found)
      throw new Error(`no channel ${name}; there are ${[...this.world.channels.values()].map((channel) => channel.name).join(", ")}`);
    return found;
  }

  addRole(guild: Guild, name: string, permissions = 0n): APIRole {
    const role = this.world.addRole(guild, name, permissions);
    this.gateway.dispatch("GUILD_ROLE_CREATE", { guild_id: guild.id, role }, GatewayIntentBits.Guilds);
    return role;
  }

  setRoles(guild: Guild, user: APIUser, roles: readonly APIRole[]): void {
    const member = guild.members.get(user.id) ?? this.world.addMember(guild, user);
    member.roles.clear();
    for (const role of roles) member.roles.add(role.id);
    this.gateway.dispatch("GUILD_MEMBER_UPDATE", { guild_id: guild.id, ...memberPayload(member) }, GatewayIntentBits.GuildMembers);
  }

  deleteChannel(channel: Channel): void {
    this.world.channels.delete(channel.id);
    this.gateway.dispatch("CHANNEL_DELETE", channelPayload(channel, this.world), GatewayIntentBits.Guilds);
  }

  /** The bot is thrown out: the server and its channels are gone for it. */
  kickBot(guild: Guild): void {
    this.world.guilds.delete(guild.id);
    for (const channel of [...this.world.channels.values()]) if (channel.guild === guild) this.world.channels.delete(channel.id);
    this.gateway.dispatch("GUILD_DELETE", { id: guild.id }, GatewayIntentBits.Guilds);
  }

  /** What is visible in a channel, oldest first; ephemeral messages only for the person who is named. */
  channelMessages(channel: Channel = this.channel, viewer?: APIUser): APIMessage[] {
    return this.#lookout.messages(channel, viewer);
  }

  /** The first message of the channel, past or to come, that fits now: text, expression or predicate. */
  waitForMessage(channel: Channel, match: TextMatch, timeoutMs = 5_000): Promise<APIMessage> {
    return this.#lookout.message(channel, match, timeoutMs);
  }

  /** The first request, past or to come, that was answered well: "the commands are registered". */
  waitForRequest(method: string, pathPattern: string | RegExp, timeoutMs = 10_000): Promise<RequestRecord> {
    return this.#lookout.request(method, pathPattern, timeoutMs);
  }

  /** Every request so far with its body and what it was answered. */
  get requests(): readonly RequestRecord[] {
    return this.#lookout.requests;
  }

  // People

  slash(user: APIUser, line: string, values: OptionValues = {}, { channel = this.channel }: Where = {}): Interaction {
    return this.#people.slash(user, line, values, channel);
  }

  autocomplete(user: APIUser, line: string, values: OptionValues, focused: string, where: Where = {}): Promise<Choice[]> {
    return this.#people.autocomplete(user, line, values, focused, where.channel ?? this.channel);
  }

  contextMenu(user: APIUser, message: APIMessage, name: string): Interaction {
    return this.#people.contextMenu(user, message, name);
  }

  press(user: APIUser, message: APIMessage, label: string): Interaction {
    return this.#people.press(user, message, label);
  }

  choose(user: APIUser, message: APIMessage, customId: string, values: readonly string[]): Interaction {
    return this.#people.choose(user, message, customId, values);
  }

  submit(user: APIUser, modal: Modal, fields: FormValues): Interaction {
    return this.#people.submit(user, modal, fields);
  }

  /** The private channel between this person and the bot. */
  direct(user: APIUser): Channel {
    return this.world.directChannel(user);
  }

  /** The command lines that this person is offered here, for a help page or a demo. */
  commandsFor(user: APIUser, channel: Channel = this.channel): string[] {
    return this.#people.visibleCommands(user, channel).map((command) => command.name);
  }

  duplicate(interaction: Interaction): void {
    this.#people.duplicate(interaction);
  }

  // Weather

  fault(fault: Fault): void {
    this.faults.add(fault);
  }

  rateLimit(rule: LimitRule): void {
    this.limits.add(rule);
  }

  dropSockets(): void {
    for (const socket of this.gateway.sockets()) socket.terminate();
  }

  closeSockets(code: number): void {
    for (const socket of this.gateway.sockets()) socket.close(code);
  }

  askReconnect(): void {
    this.gateway.reconnect();
  }

  invalidateSessions(resumable: boolean): void {
    this.gateway.invalidate(resumable);
  }

  get ackHeartbeats(): boolean {
    return this.gateway.ackHeartbeats;
  }

  set ackHeartbeats(on: boolean) {
    this.gateway.ackHeartbeats = on;
  }

  get refuseGateway(): boolean {
    return this.gateway.refusesConnections;
  }

  set refuseGateway(on: boolean) {
    this.gateway.refusesConnections = on;
  }

  #origin(protocol: "http" | "ws"): string {
    return `${protocol}://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  #onMessage(change: MessageChange, message: StoredMessage): void {
    if (change !== "delete") this.#lookout.noteMessage(message);
    if (message.onlyFor) return;
    const guild = message.channel.guild;
    const place = { channel_id: message.channel.id, ...(guild ? { guild_id: guild.id } : {}) };
    const data = change === "delete" ? { id: message.wire.id, ...place } : { ...message.wire, ...place };
    this.gateway.dispatch(
      `MESSAGE_${change.toUpperCase()}`,
      data,
      guild ? GatewayIntentBits.GuildMessages : GatewayIntentBits.DirectMessages,
    );
  }
}

type Choice = APIApplicationCommandOptionChoice;
