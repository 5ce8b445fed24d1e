namespace Norris.Protocol.Ordering;

/// <summary>One host's reign. The first is 1; each host change starts a higher one.</summary>
internal readonly record struct Epoch(ulong Value) : IComparable<Epoch>
{
    /// <summary>Before any host.</summary>
    public static Epoch None => default;

    /// <summary>The one that follows this one.</summary>
    public Epoch Next => new(Value + 1);

    /// <inheritdoc/>
    public int CompareTo(Epoch other) => Value.CompareTo(other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Orders by age.</summary>
    public static bool operator <(Epoch left, Epoch right) => left.Value < right.Value;

    /// <summary>Orders by age.</summary>
    public static bool operator >(Epoch left, Epoch right) => left.Value > right.Value;

    /// <summary>Orders by age.</summary>
    public static bool operator <=(Epoch left, Epoch right) => left.Value <= right.Value;

    /// <summary>Orders by age.</summary>
    public static bool operator >=(Epoch left, Epoch right) => left.Value >= right.Value;
}
