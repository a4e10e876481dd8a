// What we use of plotly.js: its types are ten times as long as our code.

export interface Trace {
  type?: string;
  mode?: string;
  visible?: boolean | "legendonly";
  meta?: { role?: "segments" | "lit" | "places" };
  customdata?: ArrayLike<unknown>;
  x?: ArrayLike<number | null>;
  y?: ArrayLike<number | null>;
  opacity?: number;
  selectedpoints?: number[] | null;
  [name: string]: any;
}

/** What changes in a trace. */
export type Changes = Pick<Trace, "opacity" | "x" | "y" | "selectedpoints">;

export interface Figure {
  data: Trace[];
  layout: Record<string, any>;
}

export interface PointEvent {
  points: { curveNumber: number; pointNumber: number; data: Trace; fullData: Trace }[];
  event?: MouseEvent;
}

/** A div that holds a figure. */
export interface Plot extends HTMLDivElement {
  data: Trace[];
  layout: Record<string, any>;
  _fullData: Trace[];
  on(event: "plotly_selected" | "plotly_click", act: (event?: PointEvent) => void): void;
  on(event: "plotly_deselect" | "plotly_buttonclicked" | "plotly_restyle", act: () => void): void;
}

export interface PlotlyModule {
  newPlot(place: HTMLElement, data: Trace[], layout: object, options: object): Promise<Plot>;
  react(place: HTMLElement, data: Trace[], layout: object, options: object): Promise<Plot>;
  update(place: HTMLElement, changes: object, layout: object, traces: number[]): Promise<Plot>;
  relayout(place: HTMLElement, layout: object): Promise<Plot>;
  purge(place: HTMLElement): void;
}
