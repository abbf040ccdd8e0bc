import { PurlinError, isObject } from "./error.ts";
import { encode } from "./encode.ts";
import { Made, type Operation, Pending, Write } from "./pending.ts";
import type { CallOptions, RowOptions, Transport } from "./transport.ts";
import type { Answered, Asked, By, Choice, Filter, First, Group, Many, MeasureArguments, Measures, Page, Paged, Shapes } from "./types.ts";

/** What is known of a model when the program runs. */
export interface ModelInfo {
  model: string;
  path: string;
  /** The fields of its address. */
  key: readonly string[];
  columns: readonly string[];
  /** Names of unique keys of several fields. */
  compounds: readonly string[];
}

/** Reads of a model. */
export interface Reads<S extends Shapes<S>, M extends keyof S> {
  /** One page; `iterate` walks over all. */
  findMany<Sel extends S[M]["select"] | undefined = undefined, Inc extends S[M]["include"] | undefined = undefined, Omi extends S[M]["omit"] | undefined = undefined>(
    args?: Many<S, M> & Choice<S, M, Sel, Inc, Omi>,
    options?: CallOptions,
  ): Pending<Answered<S, M, Sel, Inc, Omi>[]>;
  /** One page with what is known of the others. */
  findPage<Sel extends S[M]["select"] | undefined = undefined, Inc extends S[M]["include"] | undefined = undefined, Omi extends S[M]["omit"] | undefined = undefined>(
    args?: Paged<S, M> & Choice<S, M, Sel, Inc, Omi>,
    options?: CallOptions,
  ): Pending<Page<Answered<S, M, Sel, Inc, Omi>>>;
  /** Every row, page after page by cursors; `take` is the size of a page. */
  iterate<Sel extends S[M]["select"] | undefined = undefined, Inc extends S[M]["include"] | undefined = undefined, Omi extends S[M]["omit"] | undefined = undefined>(
    args?: Many<S, M> & Choice<S, M, Sel, Inc, Omi>,
    options?: CallOptions,
  ): AsyncGenerator<Answered<S, M, Sel, Inc, Omi>, void, undefined>;
  findFirst<Sel extends S[M]["select"] | undefined = undefined, Inc extends S[M]["include"] | undefined = undefined, Omi extends S[M]["omit"] | undefined = undefined>(
    args?: First<S, M> & Choice<S, M, Sel, Inc, Omi>,
    options?: CallOptions,
  ): Pending<Answered<S, M, Sel, Inc, Omi> | null>;
  findFirstOrThrow<Sel extends S[M]["select"] | undefined = undefined, Inc extends S[M]["include"] | undefined = undefined, Omi extends S[M]["omit"] | undefined = undefined>(
    args?: First<S, M> & Choice<S, M, Sel, Inc, Omi>,
    options?: CallOptions,
  ): Pending<Answered<S, M, Sel, Inc, Omi>>;
  /** Null where there is none, or where the rules hide it. */
  findUnique<Sel extends S[M]["select"] | undefined = undefined, Inc extends S[M]["include"] | undefined = undefined, Omi extends S[M]["omit"] | undefined = undefined>(
    args: { where: S[M]["key"] } & Choice<S, M, Sel, Inc, Omi>,
    options?: CallOptions,
  ): Pending<Answered<S, M, Sel, Inc, Omi> | null>;
  findUniqueOrThrow<Sel extends S[M]["select"] | undefined = undefined, Inc extends S[M]["include"] | undefined = undefined, Omi extends S[M]["omit"] | undefined = undefined>(
    args: { where: S[M]["key"] } & Choice<S, M, Sel, Inc, Omi>,
    options?: CallOptions,
  ): Pending<Answered<S, M, Sel, Inc, Omi>>;
  /** How many rows there are that one may read. */
  count(args?: Filter<S, M>, options?: CallOptions): Pending<number>;
}

export interface Creates<S extends Shapes<S>, M extends keyof S> {
  create<Sel extends S[M]["select"] | undefined = undefined, Inc extends S[M]["include"] | undefined = undefined, Omi extends S[M]["omit"] | undefined = undefined>(
    args: { data: S[M]["create"] } & Choice<S, M, Sel, Inc, Omi>,
    options?: CallOptions,
  ): Made<Answered<S, M, Sel, Inc, Omi> | S[M]["unreadable"], S[M]["keys"]["made"]>;
  /** All or nothing. */
  createManyAndReturn<Sel extends S[M]["select"] | undefined = undefined, Inc extends S[M]["include"] | undefined = undefined, Omi extends S[M]["omit"] | undefined = undefined>(
    args: { data: S[M]["create"][] } & Choice<S, M, Sel, Inc, Omi>,
    options?: CallOptions,
  ): Pending<(Answered<S, M, Sel, Inc, Omi> | S[M]["unreadable"])[]>;
}

export interface Updates<S extends Shapes<S>, M extends keyof S> {
  update<Sel extends S[M]["select"] | undefined = undefined, Inc extends S[M]["include"] | undefined = undefined, Omi extends S[M]["omit"] | undefined = undefined>(
    args: { where: S[M]["key"]; data: S[M]["update"] } & Choice<S, M, Sel, Inc, Omi>,
    options?: RowOptions,
  ): Write<Answered<S, M, Sel, Inc, Omi> | S[M]["unreadable"]>;
}

export interface Deletes<S extends Shapes<S>, M extends keyof S> {
  delete(args: { where: S[M]["key"] }, options?: RowOptions): Write<void>;
}

/** `POST` of an array that says how many rows were made. */
export interface CreatesMany<S extends Shapes<S>, M extends keyof S> {
  /** All or nothing; `skipDuplicates` leaves out those whose unique values are taken. */
  createMany(args: { data: S[M]["create"][]; skipDuplicates?: boolean }, options?: CallOptions): Pending<{ count: number }>;
}

export interface UpdatesMany<S extends Shapes<S>, M extends keyof S> {
  updateMany(args: { where: S[M]["where"]; data: S[M]["updateMany"] }, options?: CallOptions): Write<{ count: number }>;
}

export interface DeletesMany<S extends Shapes<S>, M extends keyof S> {
  deleteMany(args: { where: S[M]["where"] }, options?: CallOptions): Write<{ count: number }>;
}

export interface Upserts<S extends Shapes<S>, M extends keyof S> {
  upsert<Sel extends S[M]["select"] | undefined = undefined, Inc extends S[M]["include"] | undefined = undefined, Omi extends S[M]["omit"] | undefined = undefined>(
    args: { where: S[M]["key"]; create: S[M]["create"]; update: S[M]["update"] } & Choice<S, M, Sel, Inc, Omi>,
    options?: CallOptions,
  ): Made<Answered<S, M, Sel, Inc, Omi> | S[M]["unreadable"], S[M]["keys"]["found"]>;
}

/** Measures of the rows that one may read. */
export interface Aggregates<S extends Shapes<S>, M extends keyof S> {
  aggregate<Cnt extends Asked<S, M, "_count"> | undefined = undefined, Sum extends Asked<S, M, "_sum"> | undefined = undefined, Avg extends Asked<S, M, "_avg"> | undefined = undefined, Min extends Asked<S, M, "_min"> | undefined = undefined, Max extends Asked<S, M, "_max"> | undefined = undefined>(
    args: MeasureArguments<S, M, Cnt, Sum, Avg, Min, Max>,
    options?: CallOptions,
  ): Pending<Measures<S, M, Cnt, Sum, Avg, Min, Max>>;
  /** One page of groups. */
  groupBy<const B extends By<S, M> | readonly By<S, M>[], Cnt extends Asked<S, M, "_count"> | undefined = undefined, Sum extends Asked<S, M, "_sum"> | undefined = undefined, Avg extends Asked<S, M, "_avg"> | undefined = undefined, Min extends Asked<S, M, "_min"> | undefined = undefined, Max extends Asked<S, M, "_max"> | undefined = undefined>(
    args: MeasureArguments<S, M, Cnt, Sum, Avg, Min, Max> & { by: B; having?: S[M]["aggregate"] extends { having?: infer H } ? H : never },
    options?: CallOptions,
  ): Pending<(Group<S, M, B> & Measures<S, M, Cnt, Sum, Avg, Min, Max>)[]>;
}

interface Selected {
  select?: unknown;
  include?: unknown;
  omit?: unknown;
}

interface Paging extends Selected {
  where?: unknown;
  cursor?: unknown;
  skip?: number;
  take?: number;
}

interface Writing extends Selected {
  where?: unknown;
  data?: unknown;
}

/** The calls of one model, for all of the interfaces above. */
export class ModelCalls {
  private readonly transport: Transport;
  private readonly info: ModelInfo;
  private readonly batchPath: string | null;

  constructor(transport: Transport, info: ModelInfo, batchPath: string | null) {
    this.transport = transport;
    this.info = info;
    this.batchPath = batchPath;
  }

  findMany(args: object = {}, options?: CallOptions): Pending<unknown[]> {
    return new Pending(async () => (await this.page({ count: "none", ...args }, options)).data);
  }

  findPage(args: object = {}, options?: CallOptions): Pending<Page<unknown>> {
    return new Pending(() => this.page(args, options));
  }

  async *iterate(args: Paging = {}, options?: CallOptions): AsyncGenerator<unknown, void, undefined> {
    if (isBackward(args)) {
      throw new PurlinError({ status: 0, code: "BAD_REQUEST", message: "iterate goes forward: turn the order round" });
    }
    // What is skipped is skipped once.
    const { skip, ...rest } = args;
    let page: Page<unknown> = await this.page({ ...args, cursor: args.cursor ?? null }, options);
    yield* page.data;
    while (typeof page.meta.nextCursor === "string") {
      page = await this.page({ ...rest, cursor: page.meta.nextCursor }, options);
      yield* page.data;
    }
  }

  findFirst(args: Paging = {}, options?: CallOptions): Pending<unknown> {
    const take = isBackward(args) ? -1 : 1;
    return new Pending(async () => (await this.page({ ...args, take, count: "none" }, options)).data[0] ?? null);
  }

  findFirstOrThrow(args: object = {}, options?: CallOptions): Pending<unknown> {
    return new Pending(async () => this.found(await this.findFirst(args, options)));
  }

  findUnique(args: Writing, options?: CallOptions): Pending<unknown> {
    return new Pending(async () => {
      const address = args.select ?? args.include ?? args.omit ? null : this.address(args.where);
      if (address === null) return this.findFirst({ ...args, where: this.filter(args.where) }, options);
      // A whole row by its address has a tag.
      try {
        return (await this.transport.send<{ data: unknown }>({ method: "GET", path: `${this.info.path}/${address}` }, options)).data;
      } catch (error) {
        if (error instanceof PurlinError && error.status === 404) return null;
        throw error;
      }
    });
  }

  findUniqueOrThrow(args: Writing, options?: CallOptions): Pending<unknown> {
    return new Pending(async () => this.found(await this.findUnique(args, options)));
  }

  count(args: object = {}, options?: CallOptions): Pending<number> {
    return new Pending(async () => (await this.page({ ...args, take: 0, count: "exact" }, options)).meta.total ?? 0);
  }

  aggregate(args: object, options?: CallOptions): Pending<unknown> {
    const call = { method: "POST", path: `${this.info.path}/aggregate`, body: args };
    return new Pending(async () => (await this.transport.send<{ data: unknown }>(call, options)).data);
  }

  groupBy(args: object, options?: CallOptions): Pending<unknown> {
    return this.aggregate(args, options);
  }

  create(args: Writing, options?: CallOptions): Made<unknown, object> {
    const send = (query: Query): Promise<unknown> => this.write("POST", "", query, args.data, options);
    return this.written(args, { op: "create" }, send, options);
  }

  createManyAndReturn(args: Writing & { data: unknown[] }, options?: CallOptions): Pending<unknown[]> {
    return new Pending(async () => {
      if (args.data.length === 0) return [];
      return (await this.write("POST", "", this.expressible(args), args.data, options)) as unknown[];
    });
  }

  createMany(args: { data: unknown[]; skipDuplicates?: boolean }, options?: CallOptions): Pending<{ count: number }> {
    return new Pending(async () => {
      if (args.data.length === 0) return { count: 0 };
      if (args.skipDuplicates === true) {
        return (await this.write("POST", "", { skipDuplicates: "true" }, args.data, options)) as { count: number };
      }
      const made = (await this.write("POST", "", this.keys(), args.data, options)) as unknown[];
      return { count: made.length };
    });
  }

  update(args: Writing, options?: RowOptions): Write<unknown> {
    const send = (query: Query, address: string | null): Promise<unknown> | null =>
      address === null ? null : this.write("PATCH", `/${address}`, query, args.data, options);
    return this.written(args, { op: "update" }, send, options);
  }

  upsert(args: Writing & { create: unknown; update: unknown }, options?: CallOptions): Made<unknown, object> {
    return this.written(args, { op: "upsert", create: args.create, update: args.update }, () => null, options);
  }

  delete(args: Writing, options?: RowOptions): Write<void> {
    const operation = (): Operation => {
      unconditional(options);
      return { op: "delete", model: this.info.model, where: args.where };
    };
    const run = async (): Promise<void> => {
      const address = this.address(args.where);
      const call = { method: "DELETE", path: `${this.info.path}/${address ?? ""}`, isWrite: true, ifMatch: options?.ifMatch };
      if (address === null) await this.single(operation(), options);
      else await this.transport.send(call, options);
    };
    return new Write<void>(run, operation, () => undefined);
  }

  updateMany(args: Writing, options?: CallOptions): Write<{ count: number }> {
    return this.many("PATCH", { op: "updateMany", where: args.where, data: args.data }, args, options);
  }

  deleteMany(args: Writing, options?: CallOptions): Write<{ count: number }> {
    return this.many("DELETE", { op: "deleteMany", where: args.where }, args, options);
  }

  private async page(body: object, options: CallOptions | undefined): Promise<Page<unknown>> {
    return this.transport.send<Page<unknown>>({ method: "POST", path: `${this.info.path}/query`, body }, options);
  }

  private found(row: unknown): unknown {
    if (row !== null) return row;
    throw new PurlinError({ status: 404, code: "NOT_FOUND", message: `there is no such ${this.info.model}` });
  }

  private async write(method: string, rest: string, query: Query, body: unknown, options: RowOptions | undefined): Promise<unknown> {
    const call = { method, path: `${this.info.path}${rest}`, query: query ?? {}, body, isWrite: true, ifMatch: options?.ifMatch };
    return (await this.transport.send<{ data: unknown }>(call, options)).data;
  }

  /** A write of one row: by its own call where parameters can say what it answers, else as a batch of one. */
  private written(
    args: Writing,
    own: object,
    send: (query: Query, address: string | null) => Promise<unknown> | null,
    options: RowOptions | undefined,
  ): Made<unknown, object> {
    const operation = (): Operation => {
      unconditional(options);
      const { select, include, omit, where, data } = args;
      return { ...own, model: this.info.model, where, data, select, include, omit } as unknown as Operation;
    };
    const run = async (): Promise<unknown> => {
      const query = this.parameters(args);
      const address = args.where === undefined ? null : this.address(args.where);
      const sent = query === null ? null : send(query, address);
      return sent ?? this.single(operation(), options);
    };
    return new Made(run, operation, (result) => result);
  }

  private many(method: string, own: object, args: Writing, options: CallOptions | undefined): Write<{ count: number }> {
    const operation = (): Operation => ({ ...own, model: this.info.model }) as unknown as Operation;
    const run = async (): Promise<{ count: number }> => {
      // Every row is a filter too, but one that has to be written.
      const where = args.where === undefined ? "" : encode({ where: args.where }).slice('{"where":'.length, -1);
      // Addresses have limits that bodies have not.
      if (where.length > 4000 && this.batchPath !== null) {
        return (await this.single(operation(), options)) as { count: number };
      }
      return (await this.write(method, "", { where }, args.data, options)) as { count: number };
    };
    return new Write(run, operation, (result) => result as { count: number });
  }

  private async single(operation: Operation, options: CallOptions | undefined): Promise<unknown> {
    if (this.batchPath === null) {
      throw new PurlinError({
        status: 0,
        code: "UNSUPPORTED",
        message: "this server takes rows by their key, and answers of writes with whole columns and relations only",
      });
    }
    const call = { method: "POST", path: this.batchPath, body: { operations: [operation] }, isWrite: true };
    const answer = await this.transport.send<{ data: unknown[] }>(call, options);
    return answer.data[0];
  }

  /** A unique key as a filter: `{ a_b: { a, b } }` as `{ a, b }`. */
  private filter(key: unknown): Record<string, unknown> {
    const members = Object.entries(isObject(key) ? key : {});
    const flat = members.map(([name, value]) => (this.info.compounds.includes(name) && isObject(value) ? value : { [name]: value }));
    if (flat.length > 0) return Object.assign({}, ...flat) as Record<string, unknown>;
    throw new PurlinError({ status: 0, code: "BAD_REQUEST", message: `where needs a unique key of ${this.info.model}` });
  }

  /** The segment of a row's address, or null for another unique key. */
  private address(key: unknown): string | null {
    if (this.info.key.length === 0) return null;
    const where = this.filter(key);
    const names = Object.keys(where).filter((name) => where[name] !== undefined);
    const isKey = names.length === this.info.key.length && this.info.key.every((name) => names.includes(name));
    if (!isKey) return null;
    const address = this.info.key.map((name) => encodeURIComponent(text(where[name]))).join(",");
    // These would be taken for other paths.
    return ["", ".", ".."].includes(address) ? null : address;
  }

  private keys(): Query {
    return this.info.key.length === 0 ? {} : { fields: this.info.key.join(",") };
  }

  private expressible(args: Selected): Query {
    const query = this.parameters(args);
    if (query !== null) return query;
    const message = "several new rows are answered with whole columns and relations only";
    throw new PurlinError({ status: 0, code: "UNSUPPORTED", message });
  }

  /** `fields` and `include`, or null where they cannot say it. */
  private parameters(args: Selected): Query {
    const fields: string[] = [];
    const include: string[] = [];
    const { select, omit } = args;
    if (isObject(select)) {
      const columns = Object.keys(select).filter((name) => isChosen(select[name]) && this.info.columns.includes(name));
      const others = Object.fromEntries(Object.entries(select).filter(([name]) => !this.info.columns.includes(name)));
      if (columns.length === 0 || !paths(others, "", include)) return null;
      fields.push(...columns);
    }
    if (isObject(omit)) {
      fields.push(...this.info.columns.filter((name) => omit[name] !== true));
      if (fields.length === 0) return null;
    }
    if (isObject(args.include) && !paths(args.include, "", include)) return null;
    return {
      fields: fields.length === 0 ? undefined : fields.join(","),
      include: include.length === 0 ? undefined : include.join(","),
    };
  }
}

type Query = Record<string, string | undefined> | null;

function isBackward(args: Paging): boolean {
  return args.take !== undefined && args.take < 0;
}

/** An operation of a batch has no condition, which must not be lost. */
function unconditional(options: RowOptions | undefined): void {
  if (options?.ifMatch === undefined) return;
  const message = "ifMatch stands with a write of one row by the key of its address, which parameters can say, and not in a batch";
  throw new PurlinError({ status: 0, code: "UNSUPPORTED", message });
}

function isChosen(value: unknown): boolean {
  return value !== undefined && value !== false;
}

/** Relations as paths; false where one has arguments of its own, or counts. */
function paths(relations: Record<string, unknown>, before: string, found: string[]): boolean {
  return Object.entries(relations).every(([name, value]) => {
    if (!isChosen(value)) return true;
    if (name === "_count") return false;
    found.push(`${before}${name}`);
    if (value === true) return true;
    if (!isObject(value)) return false;
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    return members.every(([word, member]) => word === "include" && isObject(member) && paths(member, `${before}${name}.`, found));
  });
}

/** A value of a key as it stands in an address. */
function text(value: unknown): string {
  const json = JSON.parse(encode([value])) as unknown[];
  return String(json[0]);
}
