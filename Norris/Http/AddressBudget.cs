using System.Net;

namespace Norris.Http;

/// <summary>
/// How often each address may do something: so many at once, and so many a second after that (a token bucket). Its memory does not grow with
/// the addresses: those that fall on the same of <see cref="Places"/> places share what there is. Any thread.
/// </summary>
/// <param name="atOnceMax">At once.</param>
/// <param name="perSecond">Each second.</param>
/// <param name="clock">For the seconds.</param>
internal sealed class AddressBudget(int atOnceMax, int perSecond, TimeProvider clock)
{
    private const int Places = 1024;

    private readonly Lock _gate = new();
    private readonly (double Left, long At)[] _places = new (double, long)[Places];

    /// <summary>Takes one from what the address may; false when nothing is left.</summary>
    public bool TryTake(IPAddress address)
    {
        long now = clock.GetTimestamp();
        lock (_gate)
        {
            // Hash codes of addresses differ from process to process, so nobody can choose whom to share with.
            ref (double Left, long At) place = ref _places[(HashCode.Combine(address) & int.MaxValue) % Places];
            double left = place.At == 0 ? atOnceMax : Math.Min(atOnceMax, place.Left + (clock.GetElapsedTime(place.At, now).TotalSeconds * perSecond));
            place = (left >= 1 ? left - 1 : left, now == 0 ? 1 : now);
            return left >= 1;
        }
    }
}
