namespace Norris.Load.Scenarios;

/// <summary>Something that is read once a second and plotted.</summary>
/// <param name="Plot">The plot that it belongs to.</param>
/// <param name="Series">Its name among the lines of that plot.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Read">Reads it; not a number while there is none. It must be quick.</param>
/// <param name="IsRate">Whether what is read is a count, of which the growth a second is plotted.</param>
internal sealed record Gauge(string Plot, string Series, string Unit, Func<double> Read, bool IsRate = false);
