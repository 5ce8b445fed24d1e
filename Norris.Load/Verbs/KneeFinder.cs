using System.Globalization;

namespace Norris.Load.Verbs;

/// <summary>
/// Decides which rate to try next, and when the knee is found: the highest rate that held, where one not much higher did not. Doubles until
/// a rate does not hold, then halves the distance. A rate that does not hold is tried once more, since others use the machine, too. It
/// measures nothing itself.
/// </summary>
/// <param name="first">The first rate to try, messages a second.</param>
/// <param name="most">The highest that is tried.</param>
/// <param name="precision">How much higher the rate that did not hold may be, as a part of the knee: 0.1 is 10%.</param>
internal sealed class KneeFinder(int first, int most, double precision)
{
    private int _held;
    private int? _broken;
    private bool _isSecondTry;

    /// <summary>The rate to try next; null when the knee is found.</summary>
    public int? Next { get; private set; } = Math.Min(first, most);

    /// <summary>The highest rate that held; 0 while none did.</summary>
    public int Knee => _held;

    /// <summary>Whether the knee is only the highest rate that was to be tried.</summary>
    public bool IsBeyond => Next is null && _broken is null;

    /// <summary>Takes what <see cref="Next"/> came to.</summary>
    /// <param name="isHeld">Whether the rate held.</param>
    public void Take(bool isHeld)
    {
        int rate = Next ?? throw new InvalidOperationException("The knee is found already.");
        if (!isHeld && !_isSecondTry)
        {
            _isSecondTry = true;
            return;
        }
        _isSecondTry = false;
        if (isHeld)
        {
            _held = rate;
        }
        else
        {
            _broken = rate;
        }
        Next = Decide();
    }

    private int? Decide()
    {
        if (_broken is not { } broken)
        {
            return _held >= most ? null : (int)Math.Min(_held * 2L, most);
        }
        if (broken - _held <= Math.Max(1, _held * precision))
        {
            return null;
        }
        return _held + ((broken - _held) / 2);
    }
}

/// <summary>What a rate came to.</summary>
/// <param name="Rate">Messages a second.</param>
/// <param name="P99Ms">The 99th percentile of the latency.</param>
/// <param name="Failed">Messages that did not come to everybody.</param>
/// <param name="Backlogs">Messages under way at the end of each second, the first (in which everything warms up) left out.</param>
internal sealed record LevelOutcome(int Rate, double P99Ms, long Failed, IReadOnlyList<long> Backlogs)
{
    // What does not get through of each second's messages, as a part of them, before it is called growth.
    private const double GrowthMax = 0.03;

    /// <summary>By how many messages the backlog grows each second: from the mean of its first half to the mean of its second.</summary>
    public double Growth
    {
        get
        {
            int half = Backlogs.Count / 2;
            return half == 0 ? 0 : (Backlogs.Skip(Backlogs.Count - half).Average() - Backlogs.Take(half).Average()) / (Backlogs.Count - half);
        }
    }

    /// <summary>Why the rate did not hold, in a few words; null where it did.</summary>
    /// <param name="p99LimitMs">What the 99th percentile may be.</param>
    public string? FindObstacle(double p99LimitMs) => this switch
    {
        { Failed: > 0 } => string.Create(CultureInfo.InvariantCulture, $"{Failed:N0} failed"),
        _ when Growth > Rate * GrowthMax => string.Create(CultureInfo.InvariantCulture, $"backlog grows by {Growth:N0}/s"),
        _ when P99Ms > p99LimitMs => string.Create(CultureInfo.InvariantCulture, $"p99 above {p99LimitMs:0.###} ms"),
        _ => null,
    };
}
