// What a board of ours may be: Grafana's own published types (package @grafana/schema), narrowed to the panels we draw.
// board.schema.json is generated from this file; README.md tells how.
import type * as v1 from "@grafana/schema/dist/esm/raw/dashboard/x/Dashboard_types.gen";
import type * as barchart from "@grafana/schema/dist/esm/raw/composable/barchart/panelcfg/x/BarChartPanelCfg_types.gen";
import type * as stat from "@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen";
import type * as statetimeline from "@grafana/schema/dist/esm/raw/composable/statetimeline/panelcfg/x/StateTimelinePanelCfg_types.gen";
import type * as table from "@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen";
import type * as timeseries from "@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen";

// Interfaces of our own, because the generator tells types apart by their names alone.
export interface StatOptions extends Omit<stat.Options, never> {}
export interface TimeSeriesOptions extends Omit<timeseries.Options, never> {}
export interface TableOptions extends Omit<table.Options, never> {}
export interface BarChartOptions extends Omit<barchart.Options, never> {}
export interface StateTimelineOptions extends Omit<statetimeline.Options, never> {}
export interface TimeSeriesField extends Omit<timeseries.FieldConfig, never> {}
export interface TableField extends Omit<table.FieldConfig, never> {}
export interface BarChartField extends Omit<barchart.FieldConfig, never> {}
export interface StateTimelineField extends Omit<statetimeline.FieldConfig, never> {}

/** A query of the ClickHouse data source in its SQL editor; format 0 is a time series, 1 a table. */
export interface Query {
  refId: string;
  datasource: v1.DataSourceRef;
  editorType: "sql";
  rawSql: string;
  format: 0 | 1;
  queryType: "timeseries" | "table";
  pluginVersion: string;
  meta: { builderOptions: Record<string, never> };
}

export interface DataLink {
  title: string;
  url: string;
  targetBlank?: boolean;
  oneClick?: boolean;
}

/** The options of a field, with those of its kind of panel: also what an override may set, by the path of a property. */
export interface Field<Custom> extends Omit<v1.FieldConfig, "custom" | "links" | "actions"> {
  custom?: Partial<Custom>;
  links?: DataLink[];
}

interface Fields<Custom> {
  defaults: Field<Custom>;
  overrides: Array<{
    matcher: { id: "byName" | "byRegexp" | "byType" | "byFrameRefID"; options: string };
    properties: Array<{ id: string; value: unknown }>;
  }>;
}

interface Common {
  id: number;
  title: string;
  description: string;
  gridPos: v1.GridPos;
  datasource: v1.DataSourceRef;
  targets: Query[];
  interval?: string;
  maxDataPoints?: number;
  links?: v1.DashboardLink[];
  transparent?: boolean;
  pluginVersion?: string;
}

export interface Stat extends Common {
  type: "stat";
  options: StatOptions;
  fieldConfig: Fields<Record<string, never>>;
}
export interface TimeSeries extends Common {
  type: "timeseries";
  options: TimeSeriesOptions;
  fieldConfig: Fields<TimeSeriesField>;
}
export interface Table extends Common {
  type: "table";
  options: TableOptions;
  fieldConfig: Fields<TableField>;
}
export interface BarChart extends Common {
  type: "barchart";
  options: BarChartOptions;
  fieldConfig: Fields<BarChartField>;
}
export interface StateTimeline extends Common {
  type: "state-timeline";
  options: StateTimelineOptions;
  fieldConfig: Fields<StateTimelineField>;
}

/** v1's own type of an annotation's target is that of Grafana's own annotations; others have a query like any panel. */
export interface Annotation extends Omit<v1.AnnotationQuery, "target"> {
  target: Query | v1.AnnotationTarget;
}

export interface Board extends Omit<v1.Dashboard, "panels" | "snapshot" | "annotations" | "gnetId" | "revision"> {
  title: string;
  description: string;
  uid: string;
  schemaVersion: 42;
  refresh: string;
  annotations: { list: Annotation[] };
  panels: Array<Stat | TimeSeries | Table | BarChart | StateTimeline>;
}

/** The options of fields of each kind of panel that has its own, so that overrides can be checked too. */
export interface FieldOptions {
  stat: Field<Record<string, never>>;
  timeseries: Field<TimeSeriesField>;
  table: Field<TableField>;
  barchart: Field<BarChartField>;
  "state-timeline": Field<StateTimelineField>;
}

/** Both, so that one file holds them. */
export interface Boards {
  board: Board;
  fields: FieldOptions;
}
