import { PurlinError } from "./error.ts";

/** One operation of `POST /batch`. */
export interface Operation {
  op: string;
  model: string;
  [member: string]: unknown;
}

/** A call that is made when somebody waits for it, and only once: by `await`, `then`, `catch` or `finally`. */
export class Pending<T> implements PromiseLike<T> {
  private promise: Promise<T> | null = null;
  private readonly run: () => Promise<T>;

  constructor(run: () => Promise<T>) {
    this.run = run;
  }

  then<A = T, B = never>(
    done?: ((value: T) => A | PromiseLike<A>) | null,
    failed?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.start().then(done, failed);
  }

  catch<B = never>(failed?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<T | B> {
    return this.start().catch(failed);
  }

  finally(done?: (() => void) | null): Promise<T> {
    return this.start().finally(done);
  }

  protected get isStarted(): boolean {
    return this.promise !== null;
  }

  protected start(): Promise<T> {
    this.promise ??= this.run();
    return this.promise;
  }
}

let names = 0;

function sentAlready(): PurlinError {
  return new PurlinError({ status: 0, code: "BAD_REQUEST", message: "this write has been sent already: make another one" });
}

/** A write, which can also stand in a batch. */
export class Write<T> extends Pending<T> {
  protected name: string | null = null;
  private isInBatch = false;
  private readonly operation: () => Operation;
  private readonly read: (result: unknown) => T;

  constructor(run: () => Promise<T>, operation: () => Operation, read: (result: unknown) => T) {
    super(run);
    this.operation = operation;
    this.read = read;
  }

  protected override start(): Promise<T> {
    return this.isInBatch ? Promise.reject(sentAlready()) : super.start();
  }

  /** For `client.batch` alone. */
  inBatch(): { operation: Operation; read: (result: unknown) => unknown } {
    if (this.isStarted || this.isInBatch) throw sentAlready();
    const operation = this.operation();
    this.isInBatch = true;
    return { operation: this.name === null ? operation : { ...operation, as: this.name }, read: this.read };
  }
}

/** A write that makes a row, whose keys others may refer to. */
export class Made<T, Keys extends object> extends Write<T> {
  /** A key of what this write makes, for the data of later writes of the same batch. */
  ref<F extends keyof Keys & string>(field: F): NonNullable<Keys[F]> {
    names += 1;
    this.name ??= `w${names}`;
    return { $ref: `${this.name}.${field}` } as unknown as NonNullable<Keys[F]>;
  }
}
