namespace Norris.Load.Scenarios;

/// <summary>What a scenario came to.</summary>
/// <param name="Name">The scenario's name.</param>
/// <param name="Seconds">From its first due time until its last run had ended.</param>
/// <param name="Whole">Its runs as a whole.</param>
/// <param name="Steps">Its steps, in the order in which they first came.</param>
/// <param name="Unended">Runs that had not ended when the engine gave up waiting.</param>
/// <param name="StartLag">By how much later than they were due runs began: how exact this program itself was.</param>
/// <param name="Samples">What happened in each second.</param>
/// <param name="Missed">The thresholds that are not met, in words.</param>
internal sealed record ScenarioStats(
    string Name, double Seconds, StepStats Whole, IReadOnlyList<StepStats> Steps, long Unended, LatencyStats StartLag, IReadOnlyList<Sample> Samples, IReadOnlyList<string> Missed);

/// <summary>What a step came to.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Ok">How often it did what it was meant to.</param>
/// <param name="Fail">How often not.</param>
/// <param name="Latency">How long it took where it did.</param>
/// <param name="Failures">How often it failed for each reason.</param>
internal sealed record StepStats(string Name, long Ok, long Fail, LatencyStats Latency, IReadOnlyDictionary<string, long> Failures);

/// <summary>Percentiles of a latency, in milliseconds; all 0 where there is none.</summary>
/// <param name="P50">What half of all did not exceed.</param>
/// <param name="P90">What 90 of 100 did not exceed.</param>
/// <param name="P99">What 99 of 100 did not exceed.</param>
/// <param name="P999">What 999 of 1,000 did not exceed.</param>
/// <param name="Max">The most.</param>
/// <param name="Mean">All together by their number.</param>
internal readonly record struct LatencyStats(double P50, double P90, double P99, double P999, double Max, double Mean);

/// <summary>What happened to a scenario in one second.</summary>
/// <param name="Second">The end of it, in seconds since the start.</param>
/// <param name="Ok">Runs that ended well in it.</param>
/// <param name="Fail">Runs that failed in it.</param>
/// <param name="Backlog">Runs that had begun and had not ended at its end.</param>
/// <param name="Latency">Of those that ended well in it.</param>
internal sealed record Sample(double Second, long Ok, long Fail, long Backlog, LatencyStats Latency);
