/** What the generated part says of each model. */
export interface Shape {
  /** Its columns, as they are answered. */
  row: object;
  relations: object;
  where: object;
  key: object;
  /** The body of a query. */
  query: object;
  select: object;
  include: object;
  omit: object;
  create: unknown;
  update: unknown;
  /** Of many rows. */
  updateMany: unknown;
  /** What may be measured, and how groups are made. */
  aggregate: object;
  measures: object;
  /** The fields that relations of other rows refer to; and of a row that may have been there before. */
  keys: { made: object; found: object };
  /** Null where a write may make what its author must not read. */
  unreadable: null;
}

export type Shapes<S> = { [M in keyof S]: Shape };

export type Relation<M, Is extends "many" | "one" | "maybe"> = { model: M; is: Is };

type Flat<T> = { [K in keyof T]: T[K] } & {};

/** Names that are chosen: `true`, or arguments. */
type Chosen<P> = { [K in keyof P]: P[K] extends false | undefined ? never : K }[keyof P];

/** What a selection answers. */
export type Result<S extends Shapes<S>, M extends keyof S, A> = A extends { select: infer P extends object }
  ? Flat<{ [K in Chosen<P>]: Member<S, M, K, P[K]> }>
  : Flat<Columns<S, M, A> & Included<S, M, A>>;

type Columns<S extends Shapes<S>, M extends keyof S, A> = A extends { omit: infer P extends object }
  ? Omit<S[M]["row"], Extract<Chosen<P>, PropertyKey>>
  : S[M]["row"];

type Included<S extends Shapes<S>, M extends keyof S, A> = A extends { include: infer P extends object }
  ? { [K in Chosen<P>]: Member<S, M, K, P[K]> }
  : unknown;

type Member<S extends Shapes<S>, M extends keyof S, K, A> = K extends keyof S[M]["row"]
  ? S[M]["row"][K]
  : K extends keyof S[M]["relations"]
    ? Related<S, S[M]["relations"][K], A>
    : K extends "_count"
      ? Counts<S, M, A>
      : never;

type Related<S extends Shapes<S>, R, A> = R extends { model: infer T; is: infer Is }
  ? T extends keyof S
    ? Is extends "many"
      ? Result<S, T, A>[]
      : Is extends "one"
        ? Result<S, T, A>
        : Result<S, T, A> | null
    : never
  : never;

type Counts<S extends Shapes<S>, M extends keyof S, A> = A extends { select: infer P extends object }
  ? { [K in Chosen<P>]: number }
  : { [K in keyof S[M]["relations"] as S[M]["relations"][K] extends { is: "many" } ? K : never]: number };

/** The same, with an error at every name that is none. */
type Exact<T, X> = T extends object
  ? { [K in keyof T]: K extends keyof X ? (T[K] extends object ? ExactArguments<T[K], Extract<X[K], object>> : T[K]) : never }
  : T;

type ExactArguments<T, X> = {
  [K in keyof T]: K extends "select" | "include" | "omit"
    ? K extends keyof X
      ? Exact<T[K], NonNullable<X[K]>>
      : never
    : K extends keyof X
      ? T[K]
      : never;
};

/** `select` says everything, so it stands alone. */
export type Choice<S extends Shapes<S>, M extends keyof S, Sel, Inc, Omi> = {
  select?: Sel & Exact<Sel, S[M]["select"]>;
  include?: Inc & Exact<Inc, S[M]["include"]>;
  omit?: Omi & Exact<Omi, S[M]["omit"]>;
} & ([Sel] extends [undefined] ? unknown : { include?: undefined; omit?: undefined });

export type Answered<S extends Shapes<S>, M extends keyof S, Sel, Inc, Omi> = Result<
  S,
  M,
  { select: Sel; include: Inc; omit: Omi }
>;

export interface Filter<S extends Shapes<S>, M extends keyof S> {
  where?: S[M]["where"];
}

type Selecting = "select" | "include" | "omit";

/** With a negative `take`, the last one. */
export type First<S extends Shapes<S>, M extends keyof S> = Omit<S[M]["query"], Selecting | "count">;

/** `take` is the size of a page, by default the server's; `cursor` is the key of the row to begin with, or `nextCursor` of the page before. */
export type Many<S extends Shapes<S>, M extends keyof S> = Omit<S[M]["query"], Selecting | "count">;

export type Paged<S extends Shapes<S>, M extends keyof S> = Omit<S[M]["query"], Selecting>;

export interface Page<T> {
  data: T[];
  meta: {
    limit: number;
    page?: number;
    total?: number;
    totalPages?: number;
    totalIsCapped?: boolean;
    hasMore?: boolean;
    nextCursor?: string | null;
  };
}

type Measure = "_count" | "_sum" | "_avg" | "_min" | "_max";

/** What measures are asked for, of one function. */
export type Asked<S extends Shapes<S>, M extends keyof S, F extends Measure> = F extends keyof S[M]["aggregate"]
  ? S[M]["aggregate"][F]
  : undefined;

type Values<T> = T extends object ? Required<T> : never;

/** One function's measures as they are answered: of some columns, or a number. */
type Measured<S extends Shapes<S>, M extends keyof S, F extends Measure, A> = A extends true
  ? number
  : { [K in Chosen<A>]: F extends "_count" ? number : F extends keyof S[M]["measures"] ? (K extends keyof Values<S[M]["measures"][F]> ? Values<S[M]["measures"][F]>[K] : never) : never };

type Function<S extends Shapes<S>, M extends keyof S, F extends Measure, A> = [A] extends [undefined] ? unknown : { [N in F]: Measured<S, M, F, A> };

export type Measures<S extends Shapes<S>, M extends keyof S, Cnt, Sum, Avg, Min, Max> = Flat<
  Function<S, M, "_count", Cnt> & Function<S, M, "_sum", Sum> & Function<S, M, "_avg", Avg> & Function<S, M, "_min", Min> & Function<S, M, "_max", Max>
>;

/** The columns that groups are made by. */
export type By<S extends Shapes<S>, M extends keyof S> = S[M]["aggregate"] extends { by?: infer B } ? Extract<B, string> : never;

export type Group<S extends Shapes<S>, M extends keyof S, B> = {
  [K in (B extends readonly (infer E)[] ? E : B) & keyof S[M]["measures"]]-?: Exclude<S[M]["measures"][K], undefined>;
};

export type MeasureArguments<S extends Shapes<S>, M extends keyof S, Cnt, Sum, Avg, Min, Max> = Omit<
  S[M]["aggregate"],
  Measure | "by" | "having"
> & {
  _count?: Cnt & (Cnt extends object ? Exact<Cnt, Extract<Asked<S, M, "_count">, object>> : unknown);
  _sum?: Sum & Exact<Sum, NonNullable<Asked<S, M, "_sum">>>;
  _avg?: Avg & Exact<Avg, NonNullable<Asked<S, M, "_avg">>>;
  _min?: Min & Exact<Min, NonNullable<Asked<S, M, "_min">>>;
  _max?: Max & Exact<Max, NonNullable<Asked<S, M, "_max">>>;
};
