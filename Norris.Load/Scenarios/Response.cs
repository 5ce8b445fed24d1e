namespace Norris.Load.Scenarios;

/// <summary>What a step or a whole run came to.</summary>
/// <param name="IsError">Whether it did not do what it was meant to.</param>
/// <param name="Status">In a word or two, why not; reports count each of these.</param>
/// <param name="Latency">How long it took where that is known better than by the clock around the step; null otherwise.</param>
internal readonly record struct Response(bool IsError, string Status, TimeSpan? Latency)
{
    /// <summary>It did.</summary>
    public static Response Ok(TimeSpan? latency = null) => new(false, "", latency);

    /// <summary>It did not.</summary>
    public static Response Fail(string status, TimeSpan? latency = null) => new(true, status, latency);
}
