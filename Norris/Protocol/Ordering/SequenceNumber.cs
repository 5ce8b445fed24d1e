namespace Norris.Protocol.Ordering;

/// <summary>The place of an entry in the one log: 1 for the first, contiguous, never reset. Zero is before the first.</summary>
internal readonly record struct SequenceNumber(ulong Value) : IComparable<SequenceNumber>
{
    /// <summary>Before the first entry.</summary>
    public static SequenceNumber None => default;

    /// <summary>The place after this one.</summary>
    public SequenceNumber Next => new(Value + 1);

    /// <inheritdoc/>
    public int CompareTo(SequenceNumber other) => Value.CompareTo(other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Orders by place.</summary>
    public static bool operator <(SequenceNumber left, SequenceNumber right) => left.Value < right.Value;

    /// <summary>Orders by place.</summary>
    public static bool operator >(SequenceNumber left, SequenceNumber right) => left.Value > right.Value;

    /// <summary>Orders by place.</summary>
    public static bool operator <=(SequenceNumber left, SequenceNumber right) => left.Value <= right.Value;

    /// <summary>Orders by place.</summary>
    public static bool operator >=(SequenceNumber left, SequenceNumber right) => left.Value >= right.Value;
}
