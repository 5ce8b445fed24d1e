namespace Norris.Load.Scenarios;

/// <summary>Something that must be true of a scenario's figures at the end.</summary>
/// <param name="Text">In words, with its numbers.</param>
/// <param name="IsMet">Whether it is.</param>
internal sealed record Threshold(string Text, Func<ScenarioStats, bool> IsMet)
{
    /// <summary>Makes one.</summary>
    public static Threshold Create(string text, Func<ScenarioStats, bool> isMet) => new(text, isMet);

    /// <summary>The words of those that are not met, in their order.</summary>
    public static IReadOnlyList<string> FindMissed(IEnumerable<Threshold> thresholds, ScenarioStats stats) =>
        [.. thresholds.Where(each => !each.IsMet(stats)).Select(static each => each.Text)];
}
