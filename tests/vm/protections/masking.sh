# SPDX-License-Identifier: GPL-2.0-or-later
# When a line is masked and unmasked, holds, the storm guard (action.c, take.h, reader.c).
# shellcheck shell=bash disable=SC2016  # perl's variables

action=module/action.c
reader=module/reader.c

# --- who unmasks
without 'waiting for every reader' 6.1 chubb every_reader_must_catch_up \
	$action 's/action->nr_idle == action->nr_readers && action->nr_readers/action->nr_readers/'
without 'what a new reader need not service' 6.1 chubb a_new_reader_need_not_read_what_came_before \
	$reader 's/\taction->nr_idle\+\+;//'
without 'closing as a kind of service' 6.1 chubb closing_counts_as_caught_up \
	$action 's/(A reader that closes has serviced.*?\n)\taction_unmask_if_serviced\(action\);/$1/'
without 'holds' 6.1 chubb held_until_written_1 \
	$action 's/ && !action->nr_holding &&/ \&\&/'
without 'the end of a hold with its reader' 6.1 chubb held_until_the_writer_closes \
	$reader 's/\tif \(reader->holding\)\n\t\taction->nr_holding--;//'
without 'the refusal to inject while masked' 6.1 delivery injected \
	$action 's/\} else if \(action->masked\) \{\n\t\terr = -EBUSY;/} else if (false) {/'
without 'level lines that have to be masked' 6.1 chubb level_line \
	module/ioctl.c 's/\} else if \(nomask && reader->line->level &&\n\t\t   /} else if (false \&\& /'

# --- the storm guard
without 'the storm guard' 6.1 delivery a_storm_is_stopped \
	module/take.h 's/\t\taction_guard\(action, now\);/\t\t;/'
without 'the state that reading does not end' 6.1 delivery a_storm_is_stopped \
	$action 's/ &&\n\t    action->storm == STORM_NONE\)\n\t\tprocirq_action_unmask/)\n\t\tprocirq_action_unmask/'
without 'the trust in who reads' 6.1 delivery reading_is_no_storm \
	$action 's/now < action->storm_until_ns &&\n\t    !action_is_read\(action\)/now < action->storm_until_ns \&\& (true || !action_is_read(action))/'
without 'the trust in who has the ring mapped' 6.1 delivery a_mapped_ring_is_no_storm \
	$action 's/if \(reader->nr_mappings \|\|\n\t\t    /if (/'
without 'the look at what a handler has left (stopped thread)' 6.1 trust storm_at_a_stopped_handler \
	$action 's/reader->cursor - procirq_uli_backlog\(reader\)/reader->cursor/'
without 'a guard that is switched off at once' 6.1 delivery a_guard_that_is_switched_off \
	$action 's/if \(rate && action->taken/if (action->taken/'
without 'a longer window at low rates' 6.1 trust a_low_storm_rate \
	$action 's/rate < NSEC_PER_SEC \/ STORM_WINDOW_NS \? NSEC_PER_SEC : STORM_WINDOW_NS/STORM_WINDOW_NS/' \
	$action 's/action->storm_to = rate \?/action->storm_to = rate \/ (NSEC_PER_SEC \/ window_ns) ?/'
without 'the last measure of the storm guard' 6.1 trust an_acknowledgement_in_vain \
	$action 's/\} else if \(action->storm < STORM_DISABLED\) \{.*?\n\t\}/}/s'
