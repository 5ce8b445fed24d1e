using Norris.Protocol.Ordering;

namespace Norris.Node.Measures;

/// <summary>
/// What people are told of a host that is missed. A host that dies is replaced, and one whose connection broke is found again, within a moment:
/// people need not read of either. What lasts longer they are told, and when it is over.
/// </summary>
internal sealed class TouchNotice
{
    /// <summary>For so long nothing is said.</summary>
    public const long QuietMicroseconds = 1_000_000;

    private Timestamp _since;
    private string? _words;
    private bool _isTold;

    /// <summary>True from when the host is missed until somebody is heard again.</summary>
    public bool IsUnderWay => _words is not null;

    /// <summary>When there may be something to say; null when not.</summary>
    public Timestamp? DueAt => _words is not null && !_isTold ? _since.Plus(QuietMicroseconds) : null;

    /// <summary>The host is missed, for this reason.</summary>
    public void Lost(string words, Timestamp now)
    {
        _since = _words is null ? now : _since;
        _words = words;
    }

    /// <summary>The host is heard again. True when people were told that it was not, and so are to be told this.</summary>
    public bool Found()
    {
        bool isTold = _isTold;
        (_words, _isTold) = (null, false);
        return isTold;
    }

    /// <summary>What is to be said now; null for nothing.</summary>
    /// <param name="isInTouch">Whether the log comes in, from whomever, or is made here: then nobody is missed any more.</param>
    /// <param name="now">The node's own clock.</param>
    public string? TakeDue(bool isInTouch, Timestamp now)
    {
        if (isInTouch)
        {
            Found();
        }
        if (DueAt is not { } due || now < due)
        {
            return null;
        }
        _isTold = true;
        return _words;
    }
}
