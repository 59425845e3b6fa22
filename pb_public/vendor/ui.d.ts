// Only for the type check (tsconfig.json): the vendored file is not checked itself.
export interface Signal<T> { value: T; peek(): T; subscribe(f: (value: T) => void): () => void }
export function signal<T = any>(value?: T): Signal<any>;
export function computed<T>(f: () => T): { readonly value: T; peek(): T };
export function effect(f: () => void | (() => void)): () => void;
export function batch<T>(f: () => T): T;
export function untracked<T>(f: () => T): T;
export function html(strings: TemplateStringsArray, ...values: any[]): any;
export function render(node: any, into: Element | DocumentFragment | null): void;
export function h(type: any, props?: any, ...children: any[]): any;
export const Fragment: any;
export function createContext(value?: any): any;
export function useCallback<T>(f: T, inputs: any[]): T;
export function useComputed<T>(f: () => T): { readonly value: T; peek(): T };
export function useContext(context: any): any;
export function useEffect(f: () => void | (() => void), inputs?: any[]): void;
export function useLayoutEffect(f: () => void | (() => void), inputs?: any[]): void;
export function useMemo<T>(f: () => T, inputs?: any[]): T;
export function useReducer(f: any, initial: any, init?: any): [any, any];
export function useRef<T = any>(value?: T): { current: any };
export function useSignal<T = any>(value?: T): Signal<any>;
export function useSignalEffect(f: () => void | (() => void)): void;
export function useState<T = any>(value?: T | (() => T)): [any, (next: any) => void];
