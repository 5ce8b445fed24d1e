namespace Norris.Load.Report;

/// <summary>What a run came to, before it is written in any form.</summary>
/// <param name="Title">What was run.</param>
/// <param name="Facts">Under which conditions, by name.</param>
/// <param name="Tables">The figures.</param>
/// <param name="Plots">The figures over time.</param>
/// <param name="Violation">The first broken promise, in one line; null where there is none.</param>
internal sealed record RunReport(
    string Title, IReadOnlyList<(string Name, string Value)> Facts, IReadOnlyList<ReportTable> Tables, IReadOnlyList<ReportPlot> Plots, string? Violation)
{
    /// <summary>The verdict about the order, in one line.</summary>
    public string Verdict => Violation is null
        ? "The order held: everybody the same, nothing lost, nothing twice, times that never decrease."
        : $"VIOLATION: {Violation}";
}

/// <summary>A table.</summary>
/// <param name="Title">What is in it.</param>
/// <param name="Columns">The heads of its columns; the first holds words, the others numbers.</param>
/// <param name="Rows">Its rows, each as long as the heads.</param>
internal sealed record ReportTable(string Title, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows);

/// <summary>Lines, over time where nothing else is said.</summary>
/// <param name="Title">What they show.</param>
/// <param name="Unit">Of their values.</param>
/// <param name="Series">The lines.</param>
internal sealed record ReportPlot(string Title, string Unit, IReadOnlyList<PlotSeries> Series)
{
    /// <summary>The unit of what they are plotted over.</summary>
    public string HorizontalUnit { get; init; } = "s";
}

/// <summary>One line of a plot.</summary>
/// <param name="Name">What it is of.</param>
/// <param name="Points">Where along the horizontal, ascending, and the values there; what is no number is left out.</param>
internal sealed record PlotSeries(string Name, IReadOnlyList<(double At, double Value)> Points);
