/** What the generated part says of each model. */
export interface Shape {
  /** Its columns, as they are answered. */
  row: object;
  relations: object;
  where: object;
  key: object;
  orderBy: object;
  select: object;
  include: object;
  omit: object;
  field: string;
  create: unknown;
  update: unknown;
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

export interface First<S extends Shapes<S>, M extends keyof S> extends Filter<S, M> {
  orderBy?: S[M]["orderBy"] | S[M]["orderBy"][];
  skip?: number;
  distinct?: S[M]["field"] | S[M]["field"][];
}

export interface Many<S extends Shapes<S>, M extends keyof S> extends First<S, M> {
  /** Rows of a page; the server's default where it is not given. */
  take?: number;
  /** `nextCursor` of the page before. */
  cursor?: string | null;
}

export interface Paged<S extends Shapes<S>, M extends keyof S> extends Many<S, M> {
  count?: "exact" | "capped" | "none";
}

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
